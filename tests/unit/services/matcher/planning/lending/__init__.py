"""Claims about lending people between areas."""
