"""A Kafka broker, a MongoDB-protocol server and the four services as plain processes of one computer."""
