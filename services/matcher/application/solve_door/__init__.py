"""The door for people who know VROOM: its JSON goes in, is solved by our engines, and comes out in its shape."""
