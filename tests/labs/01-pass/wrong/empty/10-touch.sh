touch answer.txt
