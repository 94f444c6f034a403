"""Where a database is, for messages to an operator."""

from urllib.parse import parse_qsl, urlsplit

from ops.settings import Settings


def address(settings: Settings) -> str:
    """Return host, port and database of the settings' URL, without user and password."""
    url = urlsplit(settings.database_url.get_secret_value() if settings.database_url else "")
    named = url.netloc.rpartition("@")[2] or dict(parse_qsl(url.query)).get("host", "localhost")
    places = (place if place.rpartition("]")[2].count(":") else f"{place}:5432" for place in named.split(","))
    return f"{','.join(places)}{url.path}"
