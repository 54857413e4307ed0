"""How facts become something that a person or a program asks for: cursors, stories, views."""
