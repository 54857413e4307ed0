"""Claims about rotas."""
