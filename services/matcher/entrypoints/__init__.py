"""How the world gets in: HTTP, facts heard, timers."""
