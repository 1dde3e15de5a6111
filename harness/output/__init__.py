"""How answers look: JSON for scripts, plain text for pipes, rich for people."""
