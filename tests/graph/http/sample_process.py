"""The sample as a process of its own, for tests that send it signals: it prints its port, and a word at its end."""

import sys

from ops import logs
from ops.serve.run import listen, make_server
from ops.settings import Settings
from tests.graph.http.sample import Sample


def main() -> None:
    """Serve on a free port; settings come from the environment."""
    logs.configure(readable=False)
    sample = Sample(Settings())
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        server = make_server(sample.app(), sample.drain, sample.settings, lambda: _say(str(port)))
        server.run([listener])
    _say("ended")


def _say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
