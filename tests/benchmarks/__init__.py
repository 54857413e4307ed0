"""Measures what the budgets speak of, each figure beside a yardstick from the same run; nothing here can fail."""
