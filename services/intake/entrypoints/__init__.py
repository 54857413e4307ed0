"""The doors of intake: HTTP, the facts of others, and the timers."""
