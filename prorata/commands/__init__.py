"""The commands of the command line: one module each, with `declare(parser)` and `run(options)`."""
