"""Use cases, one module each, for the API and the command line.

Nothing here knows HTTP or terminals. `context` names what a use case works with; it is put
together in the app factory, the CLI entry and scripts only.
"""
