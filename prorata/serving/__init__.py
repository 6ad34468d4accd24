"""Serving: from an address and a database to processes that answer.

`address` takes the port, `starting` prepares the database, `announcing` says what a person reads, `server` is the API
with its worker, `process` one process of it, `processes` several that share a port.
"""
