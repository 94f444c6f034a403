"""Writes YAML as people do: blocks, long texts as literals, keys in the order given."""

from collections.abc import Mapping, Sequence
from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

_UNBROKEN = 1_000_000


def yaml_text(content: object, comment: str) -> str:
    """Return a YAML document with a comment above it; strings of several lines stand as literal blocks."""
    writer = YAML()
    writer.width = _UNBROKEN  # a text folded over lines cannot be searched for
    writer.indent(mapping=2, sequence=4, offset=2)
    written = StringIO()
    writer.dump(_literal(content), written)
    return "".join(f"# {line}\n" for line in comment.splitlines()) + written.getvalue()


def _literal(content: object) -> object:
    if isinstance(content, str):
        return LiteralScalarString(content) if "\n" in content else content
    if isinstance(content, Mapping):
        return {key: _literal(value) for key, value in content.items()}
    if isinstance(content, Sequence):
        return [_literal(value) for value in content]
    return content
