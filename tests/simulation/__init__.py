"""Random calls and clock moves, and what must hold whatever happens."""
