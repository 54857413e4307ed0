"""How the world gets in: facts, HTTP requests, and the moments at which notices are due."""
