"""The command line `sealbook`: parse, call, print.

`main` is the program, `commands` has one module a command, `wiring` joins the adapters. What a
command decides stands in `ledger.services` and `ledger.evidence`, never here.
"""
