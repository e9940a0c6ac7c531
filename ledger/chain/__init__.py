"""The border to the chain: what the ledger needs of a node, and who provides it.

`port` says what is needed, in our types; `web3_adapter` is the only module that imports web3.
"""
