module labs/pause

go 1.26.0
