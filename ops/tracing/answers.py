"""What a collector answers, read no further than is of use: its status is all that exports go by.

Whatever it sends after that would be held in memory whole, and waited for as long as a byte comes now and then.
"""

from time import monotonic
from typing import Any, Final

import requests
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

MOST_BYTES: Final = 65_536
"""What an answer's body may have, as it was sent; OTLP's own are empty, or a short message."""
_PIECE: Final = 8_192


class BriefSession(requests.Session):
    """A session that leaves bodies unread: it ends the connection where one is long or late, and keeps it otherwise."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        """Send a request; the answer has its status and its headers."""
        until = monotonic() + self._seconds
        response = super().send(request, **{**how, "stream": True})
        left = MOST_BYTES
        try:
            while piece := response.raw.read1(_PIECE, decode_content=False):
                left -= len(piece)
                if left < 0 or monotonic() > until:
                    break
        except (HTTPError, OSError, RequestException):
            pass  # the status stands, and the connection is of no more use
        if left < 0 or monotonic() > until:
            response.close()
        return response
