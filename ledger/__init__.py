"""Sealbook's library: everything but HTTP.

Modules import only from those above them in this list: errors, types, codec, merkle, documents,
invoices, evidence, chain, store, anchoring, following, services, cli. import-linter keeps it so.
"""
