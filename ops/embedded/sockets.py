"""Where a server's Unix socket can stand."""

import hashlib
import os
import tempfile
from pathlib import Path

_PATH_BYTES = 80  # the kernel takes 107 bytes of path, and PostgreSQL adds a name and a lock file's suffix


def socket_folder(folder: Path) -> Path:
    """Return the folder for the sockets of the server in `folder`: below it, or a short one where its path is long."""
    beside = folder / "run"
    if len(os.fsencode(beside)) <= _PATH_BYTES:
        return beside
    name = hashlib.sha256(bytes(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"insitechart-{name}"
