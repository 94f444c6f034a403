"""A query string cut into parameters, in bounded work."""

import re
from urllib.parse import parse_qsl

from ops.errors import BadRequest

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def parameters(raw: bytes, most: int) -> list[tuple[str, bytes]]:
    """Return names and undecoded values in their order. Raises BadRequest beyond `most`, or for a broken escape.

    A name that is not ASCII comes back as no ASCII name, so it matches none.
    """
    bad_escape = _BAD_ESCAPE.search(raw)
    if bad_escape:
        raise BadRequest(f"The query string has a '%' without two hexadecimal digits, at byte {bad_escape.start()}")
    try:
        pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, max_num_fields=most, encoding="latin-1")
    except ValueError as error:
        raise BadRequest(f"The query string has more than {most} parameters") from error
    return [(name, value.encode("latin-1")) for name, value in pairs]
