"""The routing kernel beside other engines at equal wall time, on published and generated instances."""
