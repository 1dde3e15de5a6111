echo answer > answer
