cp "$SOLUTION/answer.txt" .
