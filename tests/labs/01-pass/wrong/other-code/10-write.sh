echo 12345678 > answer.txt
