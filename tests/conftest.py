"""What every test may ask for: a real Kafka and a MongoDB-protocol server, where a test is marked `connected`."""

from tests.connected.servers import kafka, mongo

__all__ = ["kafka", "mongo"]
