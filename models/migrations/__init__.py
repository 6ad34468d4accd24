"""How the tables came to be, step by step. Written by `python -m prorata.migrations new <name>`, then reviewed."""
