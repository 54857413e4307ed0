"""Claims that need a real Kafka and a MongoDB-protocol server. Run them with ``make test-connected``."""
