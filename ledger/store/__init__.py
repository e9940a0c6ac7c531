"""What the service keeps in SQL: in a SQLite file, or on PostgreSQL (README.md tells them apart).

`schema` has the tables, `migrations` makes them, `engine` opens a store. The other modules are the
queries, one module for each thing that is kept; each function takes the connection of a running
transaction, so that the caller decides what is saved together.
"""
