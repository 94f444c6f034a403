"""Arguments of generated operations: literals, variables, and variables inside literals, all of the right type."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    is_non_null_type,
)

TEXTS = ("", "plain", 'qu"ote', "back\\slash", "line\nbreak", "ünï ☃", "__class__", "'; exec('1')", "{x}%s", "\u2028")
SCALARS: dict[str, tuple[Any, ...]] = {
    "Int": (0, 1, 13, -5, 2**31 - 1),
    "Float": (0.5, -1.25, 3, 1e10),
    "String": TEXTS,
    "ID": ("a", 7, ""),
    "Boolean": (True, False),
    "DateTime": ("2026-03-06T17:00:00Z", "2026-03-01T00:00:00+02:00"),
    "BigInt": (5, -5),
}
LEFT_OUT = object()
_NESTING = 2


class Arguments:
    """The arguments and variables of one operation."""

    def __init__(self, schema: GraphQLSchema, random: Random, known: dict[str, tuple[Any, ...]]) -> None:
        self._schema = schema
        self._random = random
        self._known = known
        self._variables: dict[str, tuple[str, str, Any]] = {}

    def write(self, definition: GraphQLField) -> str | None:
        """Return the argument list of a field, with its brackets; None where some type is beyond us."""
        written = []
        for name, argument in definition.args.items():
            required = is_non_null_type(argument.type) and argument.default_value is Undefined
            if not required and self._random.random() < (0.1 if name in self._known else 0.6):
                continue
            if name in self._known:
                text: str | None = self._constant(self._random.choice(self._known[name]))
            else:
                text = self._value(argument, _NESTING)
            if text is None and required:
                return None
            if text is not None:
                written.append(f"{name}: {text}")
        self._random.shuffle(written)
        return f"({', '.join(written)})" if written else ""

    def switch(self) -> str:
        """Return a Boolean for @skip and @include: a literal or a variable."""
        if self._random.random() < 0.3:
            return self._random.choice(("true", "false"))
        return self._variable("Boolean!", self._random.random() < 0.5)

    def definitions(self) -> str:
        """Return the variable definitions, with their brackets, or nothing."""
        if not self._variables:
            return ""
        return (
            "(" + ", ".join(f"${name}: {kind}{default}" for name, (kind, default, _) in self._variables.items()) + ")"
        )

    def values(self) -> dict[str, Any]:
        """Return the variables to send."""
        return {name: value for name, (_, _, value) in self._variables.items() if value is not LEFT_OUT}

    def _value(self, argument: GraphQLArgument, depth: int) -> str | None:
        kind: GraphQLInputType = argument.type
        if self._random.random() < 0.35:
            value = self._plain(kind, depth)
            if value is LEFT_OUT:
                return None
            loose = is_non_null_type(kind) and argument.default_value is not Undefined and self._random.random() < 0.4
            return self._variable(str(kind).removesuffix("!") if loose else str(kind), value)
        return self._literal(kind, depth)

    def _variable(self, kind: str, value: Any) -> str:
        same = [name for name, (other, _, _) in self._variables.items() if other == kind]
        if same and self._random.random() < 0.5:
            return "$" + self._random.choice(same)
        name = self._random.choice(("v", "class", "__class__", "self")) + str(len(self._variables))
        default, roll = "", self._random.random()
        if kind == "Boolean!" and roll < 0.3:
            default, value = f" = {str(value).lower()}", self._random.choice((LEFT_OUT, not value))
        elif not kind.endswith("!") and roll < 0.3:
            value = self._random.choice((LEFT_OUT, None))
        self._variables[name] = (kind, default, value)
        return "$" + name

    def _plain(self, kind: GraphQLInputType, depth: int) -> Any:
        """Return a JSON value of the type, or LEFT_OUT."""
        if isinstance(kind, GraphQLNonNull):
            return self._plain(kind.of_type, depth)
        if isinstance(kind, GraphQLList):
            items = [self._plain(kind.of_type, depth) for _ in range(self._random.randint(0, 3))]
            return LEFT_OUT if LEFT_OUT in items else items
        if isinstance(kind, GraphQLEnumType):
            return self._random.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return self._plain_object(kind, depth)
        choices = SCALARS.get(kind.name)
        return self._random.choice(choices) if choices is not None else LEFT_OUT

    def _plain_object(self, kind: GraphQLInputObjectType, depth: int) -> Any:
        members: dict[str, Any] = {}
        for name, member in self._members(kind, depth):
            value = self._plain(member, depth - 1)
            if value is LEFT_OUT:
                return LEFT_OUT
            members[name] = value
        return members

    def _members(self, kind: GraphQLInputObjectType, depth: int) -> list[tuple[str, Any]]:
        if _one_of(kind):
            name = self._random.choice(list(kind.fields))
            return [(name, kind.fields[name].type)]
        return [
            (name, member.type)
            for name, member in kind.fields.items()
            if (is_non_null_type(member.type) and member.default_value is Undefined)
            or (depth > 0 and self._random.random() < 0.5)
        ]

    def _literal(self, kind: GraphQLInputType, depth: int) -> str | None:
        if depth < _NESTING and self._random.random() < 0.1:
            value = self._plain(kind, depth)
            return None if value is LEFT_OUT else self._variable(str(kind), value)
        if isinstance(kind, GraphQLNonNull):
            return self._sure_literal(kind.of_type, depth)
        return "null" if self._random.random() < 0.08 else self._sure_literal(kind, depth)

    def _sure_literal(self, kind: Any, depth: int) -> str | None:
        if isinstance(kind, GraphQLList):
            items = [self._literal(kind.of_type, depth) for _ in range(self._random.randint(0, 3))]
            return None if None in items else "[" + ", ".join(str(item) for item in items) + "]"
        if isinstance(kind, GraphQLEnumType):
            return str(self._random.choice(list(kind.values)))
        if isinstance(kind, GraphQLInputObjectType):
            write: Callable[..., str | None] = self._sure_literal if _one_of(kind) else self._literal
            members = [(name, write(member, depth - 1)) for name, member in self._members(kind, depth)]
            if any(text is None for _, text in members):
                return None
            return "{" + ", ".join(f"{name}: {text}" for name, text in members) + "}"
        choices = SCALARS.get(kind.name)
        return None if choices is None else self._constant(self._random.choice(choices))

    def _constant(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=self._random.random() < 0.5)


def _one_of(kind: GraphQLInputObjectType) -> bool:
    """Tell whether exactly one member must be given; Strawberry says so in a place of its own."""
    definition = kind.extensions.get("strawberry-definition")
    return kind.is_one_of or bool(definition is not None and definition.is_one_of)
