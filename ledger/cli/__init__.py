"""The `sealbook` command line."""
