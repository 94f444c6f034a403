"""Why an API could not be read. No message holds a URL, a token or a body: they may be secret, and are not ours."""


class SourceFailure(Exception):
    """The API could not be read now; `pause` is how many seconds to leave it alone, at least."""

    def __init__(self, message: str, pause: float = 0.0) -> None:
        super().__init__(message)
        self.pause = pause


class Unreachable(SourceFailure):
    """No answer came: refused, cut off, too slow, or a server error; worth another try."""


class CircuitOpen(SourceFailure):
    """The API failed time after time and is left alone for a while; nothing was sent."""


class RateLimited(SourceFailure):
    """The API told us to wait."""


class Refused(SourceFailure):
    """The API understood and said no: credentials, a permission, or a request that it does not take."""


class Malformed(SourceFailure):
    """The answer is not what the API promises: another type, another shape, or too large."""
