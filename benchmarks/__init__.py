"""How fast the house is: each line of the performance table against a floor that runs in the same command.

python -m benchmarks                 all lines; writes benchmarks/README.md
python -m benchmarks --only 1,4      some of them; prints only
python -m benchmarks --quick         smaller sizes and fewer rounds; prints only

figures      what a line of the table is
rounds       subject and floor by turns, and their medians
processes    processes pinned to one core, and the CPU time that they took
load         requests over a few kept connections, from this process
serving      the server process that is measured; floors/ are the servers and writers that it is measured against
stored       filled databases, made by a few statements whatever their size
readback     what a database gained between two moments, to be written again by a floor
lines/       one module per line, or for a few that share their data
"""

import warnings

# The embedded PostgreSQL looks for a folder that many machines do not have, and finds another one.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
