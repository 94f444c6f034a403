"""The three streams that a process is started with, where whoever started it closed some of them."""

import os
import sys
from typing import Final

_LAST: Final = 2


def open_closed_streams() -> None:
    """Open to nothing what is closed of standard input, output and error.

    The next socket would get its number otherwise, and with it what libraries and children write there.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= _LAST:
        os.set_inheritable(number, True)  # noqa: FBT003 - the function takes it by position only
    os.close(number)
    sys.stdin = sys.stdin or os.fdopen(0)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")
