"""`python -m tests.bench.soak_server serve ...`: the command, with a garbage collector that works often.

A server's own thresholds (ops/serve/run) let cycles of closed sockets lie for a quarter of an hour at a soak's rate,
which looks like a leak. With these, what grows is held.
"""

from importlib import import_module
from typing import Final

from ops.cli import main

OFTEN: Final = (2_000, 5, 5)

if __name__ == "__main__":
    vars(import_module("ops.serve.run"))["_COLLECTIONS"] = OFTEN  # the package's own `run` is a function
    main(prog_name="insitechart")
