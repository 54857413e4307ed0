"""Claims about the doors for rotas and lending."""
