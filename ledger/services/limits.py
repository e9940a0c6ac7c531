"""From when on a service does not keep up, for all who say so."""

MOST_LAG_BLOCKS = 100
"""Blocks that following may lag behind the chain while the service counts as ready."""

MOST_SILENT_SECONDS = 60
"""How long ago the worker's last step may have ended while the service counts as ready."""
