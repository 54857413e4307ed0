"""Ways to run Linli: on one computer without Docker, in containers, and on Kubernetes."""
