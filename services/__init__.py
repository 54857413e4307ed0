"""The deployables. They are strangers to each other: they meet only in facts."""
