"""A fingerprint of our lists: `storage.terms.SCORER` carries it, so a stored score can be traced to what made it."""

from hashlib import blake2b

from ingest.sentiment.lexicon import LISTS
from ingest.sentiment.terms import groups


def fingerprint() -> str:
    """Return eight hexadecimal digits that differ when any term, weight or topic of our lists differs."""
    digest = blake2b(digest_size=4)
    for name in LISTS:
        digest.update(repr((name, sorted(groups(name)))).encode())
    return digest.hexdigest()
