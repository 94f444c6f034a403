"""What only the operator may see: open in development, elsewhere to whoever sends the token of the settings."""

import hmac
from typing import Final

from starlette.datastructures import Headers

from ops.errors import OperatorOnly
from ops.settings import Settings

TOKEN: Final = "x-insitechart-operator"  # noqa: S105 - a header's name
_BEARER: Final = "bearer "


def is_operator(headers: Headers, settings: Settings) -> bool:
    """Whether a request brings the token, in its own header or as a bearer's (RFC 6750); compared in constant time."""
    token = settings.operator_token
    if not token or not token.get_secret_value():  # an empty one would let in whoever sends none
        return False
    sent = headers.get(TOKEN)
    if sent is None:
        credentials = headers.get("authorization", "")
        sent = credentials[len(_BEARER) :].strip() if credentials[: len(_BEARER)].lower() == _BEARER else ""
    return hmac.compare_digest(sent.encode(), token.get_secret_value().encode())


def check_operator(headers: Headers, settings: Settings) -> None:
    """Raise OperatorOnly outside development for a request without the token."""
    if not settings.development and not is_operator(headers, settings):
        hint = "" if settings.operator_token else "; this server has none: set INSITECHART_OPERATOR_TOKEN"
        raise OperatorOnly(f"Send the operator's token as {TOKEN}, or as 'Authorization: Bearer TOKEN'{hint}")
