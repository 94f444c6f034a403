"""Authors as keyed pseudonyms: equal for posts of one author in one source, and of no use without the key."""

import hmac
from hashlib import sha256

from pydantic import SecretStr

from storage.terms import Source

_DIGITS = 24  # 96 bits: even a billion authors will hardly share one


class Pseudonyms:
    """Names authors by HMAC-SHA256 (RFC 2104) of source and name under the operator's key."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key.get_secret_value().encode()

    def of(self, source: Source, author: str) -> str:
        """Return the author's pseudonym, 24 hexadecimal digits."""
        message = f"{source.value}\0{author}".encode(errors="surrogatepass")
        return hmac.new(self._key, message, sha256).hexdigest()[:_DIGITS]
