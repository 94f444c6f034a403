"""Operations on which the engine must not be slower than graphql-core: from one scalar to many errors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from graphql import GraphQLResolveInfo, GraphQLSchema, build_schema

WIDTH = 60
_COLUMNS = [f"column{number}" for number in range(WIDTH)]
_SDL = f"""
interface Named {{ name: String! }}
type Node implements Named {{
  name: String! number: Int! next: Node sometimes: Int fails: Int strict: Int!
  {" ".join(f"{column}: Int!" for column in _COLUMNS)}
}}
type Leaf implements Named {{ name: String! weight: Float! }}
union Either = Node | Leaf
type Query {{
  one: Int! node: Node! nodes(first: Int!): [Node!]! leaves: [Leaf!]! either(first: Int!): [Either!]!
  named(first: Int!): [Named!]! numbers: [Float!]! matrix: [[Int!]!]! nothing: [Node!]! later(first: Int!): [Node!]!
}}
"""


@dataclass(slots=True)
class Node:
    """An object with everything; `columns` answers the wide selection."""

    name: str
    number: int
    next: "Node | None" = None
    sometimes: int | None = None


@dataclass(slots=True)
class Leaf:
    """Another type of object."""

    name: str
    weight: float


def _chain(length: int) -> Node | None:
    return Node(f"n{length}", length, _chain(length - 1)) if length else None


_HEAD = Node("head", 0, _chain(10))
_NODES = [Node(f"n{number}", number, None, number if number % 2 else None) for number in range(500)]
_EITHER = [Node(f"n{n}", n) if n % 2 else Leaf(f"l{n}", n / 7) for n in range(500)]
_LEAVES = [Leaf(f"l{number}", number / 7) for number in range(500)]
_NUMBERS = [number / 3 for number in range(1_000)]
_MATRIX = [list(range(30)) for _ in range(30)]


def _fails(source: Node, _info: GraphQLResolveInfo[Any]) -> int:
    if source.number % 10 == 0:
        raise ValueError(f"number {source.number} does not answer")
    return source.number


async def _later(_source: Any, _info: GraphQLResolveInfo[Any], first: int) -> list[Node]:
    return _NODES[:first]


def shapes_schema() -> GraphQLSchema:
    """Return the schema that all shapes are asked of."""
    schema = build_schema(_SDL)
    query, node = (cast("Any", schema.type_map[name]).fields for name in ("Query", "Node"))
    for field, value in (
        ("one", 1), ("node", _HEAD), ("leaves", _LEAVES), ("numbers", _NUMBERS), ("matrix", _MATRIX), ("nothing", []),
    ):  # fmt: skip
        query[field].resolve = _constant(value)
    query["nodes"].resolve = lambda _source, _info, first: _NODES[:first]
    query["later"].resolve = _later
    for field in ("either", "named"):
        query[field].resolve = lambda _source, _info, first: _EITHER[:first]
    for place, column in enumerate(_COLUMNS):
        node[column].resolve = _plus(place)
    node["fails"].resolve = node["strict"].resolve = _fails
    for name in ("Either", "Named"):
        cast("Any", schema.type_map[name]).resolve_type = lambda value, _info, _type: type(value).__name__
    return schema


def _constant(value: Any) -> Callable[[Any, GraphQLResolveInfo[Any]], Any]:
    return lambda _source, _info: value


def _plus(place: int) -> Callable[[Node, GraphQLResolveInfo[Any]], int]:
    return lambda source, _info: source.number + place


def _deep(levels: int) -> str:
    return "name next { " * levels + "name" + " }" * levels


SHAPES = {
    "one scalar": "{ one }",
    "one object": "{ node { name number } }",
    "deep, 10 levels": f"{{ node {{ {_deep(10)} }} }}",
    "wide, 60 columns of one object": f"{{ node {{ {' '.join(_COLUMNS)} }} }}",
    "wide, 60 columns of 100 objects": f"{{ nodes(first: 100) {{ {' '.join(_COLUMNS)} }} }}",
    "list of 500 objects": "{ leaves { name weight } }",
    "list of 1,000 scalars": "{ numbers }",
    "list of 30 lists of scalars": "{ matrix }",
    "empty list": "{ nothing { name number } }",
    "nulls in every other object": "{ nodes(first: 500) { name sometimes next { name } } }",
    "union of 2 types, 100 objects": (
        "{ either(first: 100) { __typename ... on Node { name number } ... on Leaf { name weight } } }"
    ),
    "interface, 100 objects": "{ named(first: 100) { name ... on Leaf { weight } } }",
    "every tenth object fails": "{ nodes(first: 500) { name fails } }",
    "one failure nulls the whole": "{ nodes(first: 500) { name strict } }",
    "aliases of 8 fields": "{ " + " ".join(f"a{n}: nodes(first: 3) {{ name }}" for n in range(8)) + " }",
    "an asynchronous list": "{ later(first: 50) { name number } }",
    "an asynchronous single": "{ later(first: 1) { name } }",
}
