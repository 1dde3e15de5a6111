sed -i 's/^/fault /' fault.txt
