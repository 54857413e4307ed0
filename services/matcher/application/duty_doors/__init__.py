"""The doors for rotas and lending: questions in dates and times of day go in, a verified answer in them comes out."""
