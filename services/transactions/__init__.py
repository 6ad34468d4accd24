"""Transactions: the only module that opens them.

    async with transaction() as unit:      # BEGIN IMMEDIATE on SQLite, BEGIN on PostgreSQL; inside another, joins it
        unit.before_commit(flush)          # inside the transaction, last
        unit.after_commit(wake_worker)     # after it, outside
        async with savepoint():            # an insert that may collide, so that its error can be caught
            ...

`@transactional` makes a method one unit that is run again when the database was busy. A unit belongs to its task,
is rolled back on every error and cancellation, and never leaves a lock or a connection behind.
"""

from services.transactions.gates import close_gate, pass_gates
from services.transactions.retries import in_transaction, transactional
from services.transactions.units import (
    DatabaseBusy,
    ForeignTask,
    TransactionFailed,
    Unit,
    current_unit,
    database,
    for_update,
    is_postgres,
    savepoint,
    transaction,
)

__all__ = [
    "DatabaseBusy",
    "ForeignTask",
    "TransactionFailed",
    "Unit",
    "close_gate",
    "current_unit",
    "database",
    "for_update",
    "in_transaction",
    "is_postgres",
    "pass_gates",
    "savepoint",
    "transaction",
    "transactional",
]
