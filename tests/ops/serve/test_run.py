"""What a server does once, when it is ready."""

import gc
import signal

from ops.serve.run import run
from ops.settings import Settings


def test_what_start_up_made_is_not_walked_by_the_collector(plain_database_url: str) -> None:
    """Modules and schema leave its sight before the first request: each full collection stops all requests."""
    frozen: list[int] = []

    def stop(_url: str) -> None:
        frozen.append(gc.get_freeze_count())
        signal.raise_signal(signal.SIGTERM)

    try:
        run(Settings.model_validate({"database_url": plain_database_url, "port": 0}), stop)
    finally:
        gc.unfreeze()
    assert frozen[0] > 50_000
