"""The VROOM-shaped door, held to VROOM's own rules."""
