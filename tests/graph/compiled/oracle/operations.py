"""Random valid operations over any schema: a seed and a budget of fields make one, always the same.

A response key means one field with one list of arguments throughout a document, so whatever is merged may be merged.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_leaf_type,
)

from tests.graph.compiled.oracle.arguments import Arguments

HOSTILE = (
    "__class__", "__struct_fields__", "__init__", "__dict__", "class", "def", "None", "self", "cls", "f0", "x", "_",
    "__", "name", "key", "data", "errors", "True", "lambda", "import", "exec", "print", "items", "__post_init__",
    "__struct_config__", "__match_args__", "parents", "info", "root", "msgspec",
)  # fmt: skip
"""Response keys that a careless generator of code would trip over."""


@dataclass(frozen=True, slots=True)
class Generated:
    """An operation's text, and the variables to send."""

    text: str
    variables: dict[str, Any]


@dataclass
class Generator:
    """Makes one operation; `fields` bounds its selections and `depth` its nesting.

    `known` gives values for arguments by name, which are then mostly sent. Some selections are of leaves alone whose
    names begin with `leafy`.
    """

    schema: GraphQLSchema
    random: Random
    fields: int = 20
    depth: int = 5
    known: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    leafy: str = ""
    keys: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    fragments: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.arguments = Arguments(self.schema, self.random, self.known)

    def operation(self, kind: str = "query") -> Generated:
        """Return an operation of that kind."""
        root = {"query": self.schema.query_type, "mutation": self.schema.mutation_type}[kind]
        assert root is not None
        body = self._selections(root, self.depth)
        head = self.arguments.definitions()
        directives = " " if self.random.random() < 0.9 else " # a comment\n"
        name = self.random.choice(("", "Named", "__class__", "class"))
        fragments = "".join(f" fragment {name} on {on} {text}" for name, on, text in self.fragments)
        bare = kind == "query" and not head and not name
        text = body + fragments if bare else f"{kind} {name}{head}{directives}{body}{fragments}"
        return Generated(text, self.arguments.values())

    def _selections(self, parent: Any, depth: int) -> str:
        chosen = []
        leaves = self._leaves(parent) if self.random.random() < 0.3 else []
        for _ in range(self.random.randint(1, 6)):
            if self.fields <= 0:
                break
            self.fields -= 1
            if leaves:
                name = self.random.choice(leaves)
                chosen.append(self._aliased(name, "", str(parent.fields[name].type)))
            else:
                chosen.append(self._selection(parent, depth))
        return "{ " + " ".join(one for one in chosen or ["__typename"]) + " }"

    def _leaves(self, parent: Any) -> list[str]:
        return [
            name
            for name, definition in getattr(parent, "fields", {}).items()
            if name.startswith(self.leafy) and not definition.args and is_leaf_type(get_named_type(definition.type))
        ]

    def _selection(self, parent: GraphQLNamedType, depth: int) -> str:
        roll = self.random.random()
        if depth > 1 and roll < 0.1:
            return self._inline(parent, depth)
        if depth > 1 and roll < 0.16:
            return self._spread(parent, depth)
        if roll < 0.2 or isinstance(parent, GraphQLUnionType):
            if isinstance(parent, GraphQLUnionType) and depth > 1 and roll < 0.7:
                return self._inline(parent, depth)
            return self._aliased("__typename", "", "String!") + self._condition()
        return self._field(parent, depth)

    def _field(self, parent: Any, depth: int) -> str:
        name, definition = self._choose(parent, depth)
        given = self.arguments.write(definition) if definition is not None else None
        if definition is None or given is None:
            return "__typename" if self.keys.setdefault("__typename", _TYPENAME) == _TYPENAME else "t: __typename"
        text = self._aliased(name, given, str(definition.type)) + self._condition()
        inner = get_named_type(definition.type)
        if is_composite_type(inner):
            text += " " + self._selections(inner, depth - 1)
        return text

    def _choose(self, parent: Any, depth: int) -> tuple[str, GraphQLField | None]:
        names = list(parent.fields)
        if self.random.random() < 0.1:
            names = [name for name in names if parent.fields[name].args] or names
        for _ in range(100):
            name = self.random.choice(names)
            definition = parent.fields[name]
            composite = is_composite_type(get_named_type(definition.type))
            if not composite or (depth > 1 and self.random.random() < 0.6):
                return name, definition
        return "", None

    def _aliased(self, name: str, given: str, returns: str) -> str:
        meaning = (name, given, returns)
        if self.random.random() < 0.75 and self.keys.setdefault(name, meaning) == meaning:
            return name + given
        while True:
            key = self.random.choice(HOSTILE) if self.random.random() < 0.7 else f"k{self.random.randrange(10_000)}"
            if self.keys.setdefault(key, meaning) == meaning:
                return (name if key == name else f"{key}: {name}") + given

    def _inline(self, parent: GraphQLNamedType, depth: int) -> str:
        if self.random.random() < 0.3:
            return "..." + self._condition() + " " + self._selections(parent, depth - 1)
        on = self._overlapping(parent)
        return f"... on {on.name}{self._condition()} {self._selections(on, depth - 1)}"

    def _spread(self, parent: GraphQLNamedType, depth: int) -> str:
        reusable = [name for name, on, _ in self.fragments if self._overlap(parent, self.schema.type_map[on])]
        if reusable and self.random.random() < 0.5:
            return f"...{self.random.choice(reusable)}{self._condition()}"
        on = self._overlapping(parent)
        body = self._selections(on, depth - 1)
        name = f"F{len(self.fragments)}"
        self.fragments.append((name, on.name, body))  # after its body, which so spreads only what is complete
        return f"...{name}{self._condition()}"

    def _overlapping(self, parent: GraphQLNamedType) -> GraphQLNamedType:
        composite = [one for one in self.schema.type_map.values() if is_composite_type(one)]
        return self.random.choice([one for one in composite if self._overlap(parent, one)])

    def _overlap(self, one: GraphQLNamedType, other: GraphQLNamedType) -> bool:
        return bool(self._possible(one) & self._possible(other))

    def _possible(self, one: Any) -> set[str]:
        if is_abstract_type(one):
            return {possible.name for possible in self.schema.get_possible_types(one)}
        assert isinstance(one, GraphQLObjectType)
        return {one.name}

    def _condition(self) -> str:
        roll = self.random.random()
        if roll > 0.15:
            return ""
        directive = self.random.choice(("skip", "include"))
        both = f" @{'include' if directive == 'skip' else 'skip'}(if: {self.arguments.switch()})" if roll < 0.02 else ""
        return f" @{directive}(if: {self.arguments.switch()}){both}"


_TYPENAME = ("__typename", "", "String!")
