"""A persistent local chain for development: eth-tester on py-evm behind JSON-RPC."""
