"""The people of a rehearsal. Each decides by the seed and their own name, so that order never changes a decision."""
