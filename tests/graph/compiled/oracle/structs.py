"""Structs as the dictionaries that they print as."""

from typing import Any

import msgspec


def plain(data: Any) -> Any:
    """Return data with its Structs as the dicts that they print as; leaves stay as they are."""
    if isinstance(data, msgspec.Struct):
        names = zip(data.__struct_encode_fields__, data.__struct_fields__, strict=True)
        return {printed: plain(getattr(data, held)) for printed, held in names}
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data]
    return data
