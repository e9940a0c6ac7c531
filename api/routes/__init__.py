"""The routes, one module for each kind of resource. Each reads, asks one use case, and shows."""
