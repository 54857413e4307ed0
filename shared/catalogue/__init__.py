"""The catalogue says what can be asked for, so that adding a service is adding a row and not a code path."""
