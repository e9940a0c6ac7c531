"""Follows the chain's events into SQL, for search and provenance.

Reads that answer a verification go to the chain at a pinned block, never to what is kept here.
"""
