"""What a request body may be: JSON in UTF-8, not compressed. Nothing else is guessed at."""

from starlette.datastructures import Headers

from ops.errors import UnsupportedMediaType

JSON = "application/json"


def check_content(headers: Headers) -> None:
    """Raise UnsupportedMediaType unless the body is plain JSON by its headers."""
    if not is_json(headers):
        sent = headers.get("content-type", "")[:100]
        raise UnsupportedMediaType(f"Send the body as {JSON} in UTF-8, not as {sent!r}")
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        raise UnsupportedMediaType("Send the body without a content encoding")


def is_json(headers: Headers) -> bool:
    """Whether the content type is exactly JSON, in UTF-8 where a charset is named."""
    if len(headers.getlist("content-type")) != 1:
        return False
    return _names_json(headers["content-type"])


def _names_json(content_type: str) -> bool:
    media_type, *parameters = (part.strip() for part in content_type.split(";"))
    return media_type.lower() == JSON and all(_is_harmless(parameter) for parameter in parameters)


def _is_harmless(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip().lower() != "charset" or value.strip().strip('"').lower() in ("utf-8", "utf8")
