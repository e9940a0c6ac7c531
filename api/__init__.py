"""The HTTP API: routes over the use cases in `ledger.services`.

`problems` says what each error means over HTTP, `schemas` has every form that goes in or out,
`deps` reads requests, `routes` are thin. `app` puts them together; `wiring` joins a service's
adapters; `main` is what a server runs.
"""
