"""The shape of a document: depth, fields, aliases, directives and root fields, in one walk before validation.

Each fragment is measured once and added wherever it is spread, so the work is linear in the text even where the
expanded document is exponential. Depth is the number of fields from the root to the deepest leaf; below `__schema` and
`__type` it starts anew, with a limit of its own. A spread that closes a cycle adds nothing: validation refuses it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from graph.documents.refusal import coded, refuse_all
from ops.errors import PublicError, TooDeep, TooManyAliases, TooManyDirectives, TooManyFields, TooManyRootFields
from ops.settings import Limits

_ENOUGH = 10**9
INTROSPECTION_FIELDS = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Shape:
    """Counts of one operation or fragment with all its fragments spread out; counts stop at 10^9."""

    depth: int
    introspection_depth: int
    fields: int
    aliases: int
    directives: int
    root_fields: int


@dataclass(frozen=True, slots=True)
class _Spread:
    name: str
    depth: int
    introspecting: bool
    at_root: bool


@dataclass(slots=True)
class _Own:
    """What a definition holds itself, and where it spreads others."""

    depth: int = 0
    introspection_depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    root_fields: int = 0
    spreads: tuple[_Spread, ...] = ()


def check_shape(document: DocumentNode, limits: Limits) -> None:
    """Raise Refusal with one error per limit that an operation exceeds."""
    errors = [
        coded(GraphQLError(error.message, operation), error)
        for operation, shape in measure(document)
        for error in _excesses(shape, limits)
    ]
    if errors:
        raise refuse_all(errors, PublicError.status)


def measure(document: DocumentNode) -> Iterator[tuple[OperationDefinitionNode, Shape]]:
    """Yield each operation of a document with its shape."""
    fragments = {
        node.name.value: _own(node) for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    shapes: dict[str, Shape] = {}
    for name in _innermost_first(fragments):
        shapes[name] = _spread_out(fragments[name], shapes)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            yield node, _spread_out(_own(node), shapes)


def _excesses(shape: Shape, limits: Limits) -> Iterator[PublicError]:
    for error, what, count, limit in (
        (TooDeep, "levels of fields", shape.depth, limits.depth),
        (TooDeep, "levels of introspection", shape.introspection_depth, limits.introspection_depth),
        (TooManyFields, "fields", shape.fields, limits.fields),
        (TooManyAliases, "aliases", shape.aliases, limits.aliases),
        (TooManyRootFields, "root fields", shape.root_fields, limits.root_fields),
        (TooManyDirectives, "directives", shape.directives, limits.directives),
    ):
        if count > limit:
            many = f"{count:,}" if count < _ENOUGH else f"at least {_ENOUGH:,}"
            yield error(f"The operation has {many} {what}; at most {limit:,} are allowed")


def _own(definition: OperationDefinitionNode | FragmentDefinitionNode) -> _Own:
    own = _Own(directives=len(definition.directives or ()))
    for variable in definition.variable_definitions or ():
        own.directives += len(variable.directives or ())
    spreads: list[_Spread] = []
    pending: list[tuple[SelectionSetNode, int, bool, bool]] = [(definition.selection_set, 0, False, True)]
    while pending:
        selection_set, depth, introspecting, at_root = pending.pop()
        for node in selection_set.selections:
            own.directives += len(node.directives or ())
            if isinstance(node, FragmentSpreadNode):
                spreads.append(_Spread(node.name.value, depth, introspecting, at_root))
            elif isinstance(node, FieldNode):
                starts = node.name.value in INTROSPECTION_FIELDS
                below = (1 if starts else depth + 1, introspecting or starts)
                _count_field(own, node, below, at_root=at_root)
                if node.selection_set:
                    pending.append((node.selection_set, *below, False))
            elif isinstance(node, InlineFragmentNode):
                pending.append((node.selection_set, depth, introspecting, at_root))
    own.spreads = tuple(spreads)
    return own


def _count_field(own: _Own, node: FieldNode, below: tuple[int, bool], *, at_root: bool) -> None:
    depth, introspecting = below
    own.fields += 1
    own.aliases += node.alias is not None
    own.root_fields += at_root
    if introspecting:
        own.introspection_depth = max(own.introspection_depth, depth)
    else:
        own.depth = max(own.depth, depth)


def _innermost_first(fragments: dict[str, _Own]) -> list[str]:
    """Fragments ordered so that each follows those it spreads; found without recursion, cycles cut."""
    done: list[str] = []
    seen: set[str] = set()
    for root, own in fragments.items():
        if root in seen:
            continue
        seen.add(root)
        path = [(root, iter(own.spreads))]
        while path:
            name, spreads = path[-1]
            inner = next(
                (spread.name for spread in spreads if spread.name in fragments and spread.name not in seen), None
            )
            if inner is None:
                path.pop()
                done.append(name)
            else:
                seen.add(inner)
                path.append((inner, iter(fragments[inner].spreads)))
    return done


def _spread_out(own: _Own, shapes: dict[str, Shape]) -> Shape:
    depth, introspection_depth = own.depth, own.introspection_depth
    fields, aliases, directives, root_fields = own.fields, own.aliases, own.directives, own.root_fields
    for spread in own.spreads:
        inner = shapes.get(spread.name)
        if inner is None:
            continue
        fields += inner.fields
        aliases += inner.aliases
        directives += inner.directives
        introspection_depth = max(introspection_depth, inner.introspection_depth)
        if spread.at_root:
            root_fields += inner.root_fields
        if spread.introspecting:
            introspection_depth = max(introspection_depth, spread.depth + inner.depth)
        else:
            depth = max(depth, spread.depth + inner.depth)
    return Shape(
        depth,
        introspection_depth,
        min(fields, _ENOUGH),
        min(aliases, _ENOUGH),
        min(directives, _ENOUGH),
        min(root_fields, _ENOUGH),
    )
