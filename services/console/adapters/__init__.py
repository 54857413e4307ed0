"""Where facts and read models are kept."""
