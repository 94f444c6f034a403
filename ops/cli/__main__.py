"""`python -m ops.cli` is `insitechart`, for child processes that need no script on the path."""

from ops.cli import main

main(prog_name="insitechart")
