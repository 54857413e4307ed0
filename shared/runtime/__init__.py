"""What every running process needs. The only place with plumbing: logs, stores, HTTP, metrics, health."""
