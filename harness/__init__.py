"""What the user types: the `labs` command, its catalog of labs and its sessions."""
