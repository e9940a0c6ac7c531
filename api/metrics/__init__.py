"""What the service tells Prometheus: figures only, and no member's name among them."""
