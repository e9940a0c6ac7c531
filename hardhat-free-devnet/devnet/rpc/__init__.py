"""JSON-RPC 2.0 as Ethereum nodes speak it: parameters, methods, results, dispatch."""
