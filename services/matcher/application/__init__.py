"""The stories: what a command leads to, including the planning that answers it at once."""
