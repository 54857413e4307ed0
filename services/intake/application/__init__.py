"""The stories of intake: what a request, a spreadsheet or a fact from others means for a need."""
