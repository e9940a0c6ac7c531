"""Joins adapters for the commands: a node over HTTP, operator keys, the service's database.

One module for each, so that a command loads only what it uses: the libraries behind them take most
of a second.
"""
