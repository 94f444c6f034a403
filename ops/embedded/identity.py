"""Who the servers run as, and where they can live.

PostgreSQL refuses to run as root, and a server that parses network input has no business with root's rights. Started
by root, each data folder therefore gets a user id of its own, without a passwd entry. Folders above the data are never
changed: where that id cannot reach them, the servers live below SYSTEM_PLACE instead.
"""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from ops.embedded.errors import ServerUnavailable

SYSTEM_PLACE = Path("/var/lib/insitechart")
_DYNAMIC_IDS = range(61_184, 65_520)  # the range that systemd sets aside for users without a passwd entry


@dataclass(frozen=True, slots=True)
class Identity:
    """A user and group id; `switch` says that a process must change to them because it starts as root."""

    uid: int
    gid: int
    switch: bool


def identity_for(data: Path) -> Identity:
    """Return the id that owns, or will own, the server data folder `data`."""
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid(), switch=False)
    if data.exists() and data.stat().st_uid != 0:
        return Identity(data.stat().st_uid, data.stat().st_gid, switch=True)
    start = int.from_bytes(hashlib.sha256(bytes(data)).digest()[:4], "big")
    for step in range(len(_DYNAMIC_IDS)):
        number = _DYNAMIC_IDS[(start + step) % len(_DYNAMIC_IDS)]
        if not _taken(number):
            return Identity(number, number, switch=True)
    raise ServerUnavailable("no free user id to run the servers as; start them as an ordinary user")


def named_identity(owner: Identity) -> Identity:
    """Return an id that has a passwd entry, which initdb and the single-user back end insist on."""
    try:
        pwd.getpwuid(owner.uid)
    except KeyError:
        if not owner.switch:
            raise ServerUnavailable(
                f"PostgreSQL needs a passwd entry for the user it is set up by, and user id {owner.uid} has none; "
                "start as a user with a name, or as root"
            ) from None
        nobody = next((entry for entry in pwd.getpwall() if entry.pw_name == "nobody" and entry.pw_uid), None)
        named = nobody or next((entry for entry in pwd.getpwall() if entry.pw_uid), None)
        if named is None:
            raise ServerUnavailable("this system has no user but root to set PostgreSQL up with") from None
        return Identity(named.pw_uid, named.pw_gid, switch=True)
    return owner


def reachable(path: Path) -> bool:
    """Whether an id without rights of its own may pass through `path`, or its nearest existing parent, and above."""
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (existing, *existing.parents))


def place_for(data_dir: Path) -> Path:
    """Return where the servers of `data_dir` live: there, or below SYSTEM_PLACE where root's servers cannot."""
    folder = data_dir.expanduser().resolve()
    if os.geteuid() != 0 or reachable(folder):
        return folder
    return SYSTEM_PLACE / "data" / hashlib.sha256(bytes(folder)).hexdigest()[:12]


def _taken(number: int) -> bool:
    try:
        pwd.getpwuid(number)
    except KeyError:
        return False
    return True
