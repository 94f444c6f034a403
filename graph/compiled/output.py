"""Output types: a Struct per selection, whose members are printed under the response keys.

Names that clients chose enter as renames only; they are data of msgspec's, never code.
"""

from collections.abc import Sequence
from keyword import iskeyword
from typing import Any

import msgspec

from graph.compiled.conversion import Conversion
from graph.compiled.fields import AttributeField
from graph.compiled.leaf import LeafCompleter
from graph.compiled.selection import Field


def build_output(name: str, fields: Sequence[Field]) -> type[msgspec.Struct]:
    """Make the Struct; where attributes alone are asked for, its members have the attributes' names."""
    convertible = _convertible(fields)
    members: list[tuple[str, Any]] = []
    rename: dict[str, str] = {}
    for place, field in enumerate(fields):
        member = f"f{place}"
        shape: Any = Any
        if convertible and isinstance(field, AttributeField) and isinstance(field.completer, LeafCompleter):
            member = field.attribute
            shape = _shape(field.completer)
        members.append((member, shape))
        rename[member] = field.key
    return msgspec.defstruct(name, members, rename=rename, gc=False, eq=False)


def build_conversion(output: type[msgspec.Struct], fields: Sequence[Field]) -> Conversion | None:
    """Return the one-call way of making the Structs, where there is one."""
    if not _convertible(fields):
        return None
    checked = [
        (field.attribute, field.completer)
        for field in fields
        if isinstance(field, AttributeField)
        and isinstance(field.completer, LeafCompleter)
        and field.completer.ready.shape is None
    ]
    return Conversion(output, checked)


def _convertible(fields: Sequence[Field]) -> bool:
    names = [
        field.attribute
        for field in fields
        if isinstance(field, AttributeField) and isinstance(field.completer, LeafCompleter)
    ]
    plain = all(name.isidentifier() and not name.startswith("_") and not iskeyword(name) for name in names)
    return plain and len(names) == len(fields) == len(set(names))


def _shape(completer: LeafCompleter) -> Any:
    shape = completer.ready.shape
    if shape is None:
        return Any
    return shape if completer.required else shape | None
