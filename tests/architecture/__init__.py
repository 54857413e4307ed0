"""Claims about the house itself: its rooms, its words, and whether its documents are true."""
