"""The composition root: runs all services in one process and speaks to people through the command line."""
