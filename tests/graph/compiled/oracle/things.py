"""The objects of the misbehaving schema, sound and odd, and its types."""

from typing import Annotated, Any, Union

import msgspec
import strawberry
from strawberry.schema.config import StrawberryConfig

from resolvers.scalars import SCALARS
from tests.graph.compiled.oracle.echoes import ECHOES, PLACE, Mutation
from tests.graph.compiled.oracle.fields import LEAVES, Style, annotation, leaf_fields, object_fields, resolver
from tests.graph.compiled.oracle.world import Shape, World

OBJECTS = ("Being", "Machine", "Person", "Robot", "Note", "Plain", "Anything")
ABSTRACT = {"Being": ("Person", "Robot"), "Machine": ("Robot",), "Anything": ("Person", "Robot", "Note")}
_TABLE = [*leaf_fields(), *object_fields(OBJECTS)]
SHAPES = {name: Shape.read(shape) for name, _, shape in _TABLE}
ATTRIBUTES = tuple(name for name, style, _ in _TABLE if style is Style.ATTRIBUTE)
_LEAF_ATTRIBUTES = tuple(name for name, style, _ in leaf_fields() if style is Style.ATTRIBUTE)
_LAZY = {name: Annotated[name, strawberry.lazy(__name__)] for name in OBJECTS}
_TYPES = {**LEAVES, **_LAZY}


class _Computed:
    """An attribute that was never set: the world's value, or what it raises, when it is read."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, owner: Any, kind: type) -> Any:
        return self if owner is None else owner.world.value(owner.key, self._name, SHAPES[self._name])


class _Asked:
    """An object whose attributes come of `__getattr__` alone."""

    world: World
    key: int

    def __getattr__(self, name: str) -> Any:
        if name not in ATTRIBUTES:
            raise AttributeError(name)
        return self.world.value(self.key, name, SHAPES[name])


def _members(only: slice) -> dict[str, Any]:
    members: dict[str, Any] = {"__module__": __name__, "__annotations__": {"key": int}}
    for name, style, text in _TABLE[only]:
        shape = Shape.read(text)
        returns = annotation(shape, _TYPES)
        if style is Style.ATTRIBUTE:
            members["__annotations__"][name] = returns
        else:
            members[name] = resolver(name, style, shape, returns)
    return members


_EVERY, _SOME, _FEW = slice(None), slice(0, None, 3), slice(1, None, 4)
Being: Any = strawberry.interface(type("Being", (), {**_members(_EVERY), **ECHOES}))
Machine: Any = strawberry.interface(type("Machine", (Being,), {"__module__": __name__, "__annotations__": {}}))
Person: Any = strawberry.type(
    type("Person", (Being,), {"__module__": __name__, "__annotations__": {"only_person": str}})
)
Robot: Any = strawberry.type(
    type("Robot", (Machine,), {"__module__": __name__, "__annotations__": {"only_robot": int}})
)
Note: Any = strawberry.type(type("Note", (), _members(_SOME)))
Plain: Any = strawberry.type(type("Plain", (), _members(_FEW)))
Anything = Annotated[Union[Person, Robot, Note], strawberry.union("Anything")]  # noqa: UP007 - of values, not names

for _kind in (Being, Note, Plain):
    for _name in ATTRIBUTES:
        if _name in _kind.__annotations__:
            setattr(_kind, _name, _Computed(_name))

_CLASSES = {"Person": Person, "Robot": Robot, "Note": Note, "Plain": Plain}
_Row = msgspec.defstruct(
    "_Row", [("key", Any), *((name, Any) for name in _LEAF_ATTRIBUTES)], frozen=True, gc=False, eq=False
)


class _Unequal:
    """Mixed into a type: an object that refuses to be compared or hashed."""

    def __eq__(self, other: object) -> bool:
        raise ArithmeticError("not to be compared")

    def __hash__(self) -> int:
        raise ArithmeticError("not to be hashed")


_UNEQUAL: dict[str, Any] = {name: type(f"Unequal{name}", (_Unequal, made), {}) for name, made in _CLASSES.items()}


def thing(world: World, key: int, name: str, roll: int) -> Any:
    """Return a sound object of that type; of an abstract one, some object type's."""
    possible = ABSTRACT.get(name, (name,))
    chosen = possible[roll // 7 % len(possible)]
    made = _fill(_CLASSES[chosen], world, key)
    made.only_person, made.only_robot = f"person {key % 100}", key % 100
    if roll % 2:
        for attribute in _LEAF_ATTRIBUTES[roll % 9 :: 9]:  # some objects hold values, others compute them when asked
            if not world.misbehaves(key, attribute):
                made.__dict__[attribute] = world.value(key, attribute, SHAPES[attribute])
    return made


def odd_thing(world: World, key: int, field: str, name: str, roll: int) -> Any:
    """Return what stands where an object of that type is due."""
    possible = ABSTRACT.get(name, (name,))
    inner = world.roll(key, field + ".")
    kind = _CLASSES[possible[roll % len(possible)]]
    match roll // 3 % 7:
        case 0:
            made = thing(world, inner, OBJECTS[roll % 4 + 2], roll)
        case 1:
            made = _fill(_UNEQUAL[kind.__name__], world, inner)
        case 2:
            made = {"key": key, "only_person": "in a dict", "a_int_sure": 5}
        case 3:
            made = _Row(inner, *(_held(world, inner, attribute) for attribute in _LEAF_ATTRIBUTES))
        case 4:
            made = object.__new__(kind)  # without a key
            made.world = world
        case 5:
            made = _fill(_Asked, world, inner)
        case _:
            made = type(name, (), {"key": inner})()
    return made


def _held(world: World, key: int, attribute: str) -> Any:
    return None if world.misbehaves(key, attribute) else world.value(key, attribute, SHAPES[attribute])


def _fill(kind: Any, world: World, key: int) -> Any:
    made = object.__new__(kind)
    made.world, made.key = world, key
    return made


Query: Any = strawberry.type(type("Query", (), {**_members(_EVERY), **ECHOES, **PLACE}))


def build_schema() -> strawberry.Schema:
    """Return the schema; its root fields read the root value as any object's do."""
    config = StrawberryConfig(scalar_map=SCALARS)
    return strawberry.Schema(query=Query, mutation=Mutation, types=[Person, Robot, Plain], config=config)


def root(world: World) -> Any:
    """Return the root value."""
    return _fill(_Asked, world, 1)
