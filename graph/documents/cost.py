"""The static cost of an operation: the most objects it can return, plus declared weights, before anything runs.

Selections are merged as execution merges them (https://spec.graphql.org/draft/#CollectFields), so fields that many
fragments share count once; on an abstract type the costliest possible type counts. What a selection costs on a type is
worked out once, so documents that double through fragments stay cheap to refuse. Introspection costs nothing.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from graph.documents.arguments import is_included, list_length
from graph.documents.cost_table import CostTable, FieldCost, Listing
from ops.settings import Limits

MOST = 10**15  # counting stops here; a float is exact up to 2^53
_MOST_VISITS = 30_000

_Sets = tuple[SelectionSetNode, ...]
_Sized = tuple[frozenset[str], float]
_NOTHING_SIZED: _Sized = (frozenset(), 0.0)


@dataclass(frozen=True, slots=True)
class Cost:
    """`worst` is the path of response keys along which most of the cost lies, `worst_cost` what its root field costs.

    `countable` is False where the selections merge in more ways than are worth counting; `value` is then `MOST`.
    """

    value: int
    worst: tuple[str, ...]
    worst_cost: int
    countable: bool = True


@dataclass(frozen=True, slots=True)
class _Sum:
    value: float
    worst: tuple[str, ...]
    worst_value: float


class _Uncountable(Exception):
    """More selections were visited than any reasonable document needs."""


def cost_of(
    root: SelectionSetNode,
    root_type: str,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
    table: CostTable,
    limits: Limits,
) -> Cost:
    """Cost the selections of a valid operation on `root_type` with its coerced variables."""
    analysis = _Analysis(table, fragments, variables, limits)
    try:
        found = analysis.sum_fields((root,), root_type, _NOTHING_SIZED)
    except _Uncountable:
        return Cost(MOST, (), MOST, countable=False)
    return Cost(math.ceil(found.value), found.worst, math.ceil(found.worst_value))


@dataclass(slots=True)
class _Analysis:
    table: CostTable
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    limits: Limits
    known: dict[tuple[str, _Sized, tuple[int, ...]], _Sum] = field(default_factory=dict)
    visits: int = 0

    def sum_fields(self, sets: _Sets, parent: str, sized: _Sized) -> _Sum:
        """Add up the merged selections of one object."""
        key = (parent, sized, tuple(map(id, sets)))
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = self._sum_fields(sets, parent, sized)
        return known

    def _sum_fields(self, sets: _Sets, parent: str, sized: _Sized) -> _Sum:
        total = worst_value = 0.0
        worst: tuple[str, ...] = ()
        for response_key, nodes in self._collect(sets, parent).items():
            cost = self.table.fields[parent].get(nodes[0].name.value)
            if cost is None:  # __typename and introspection
                continue
            one = self._field(nodes, cost, sized)
            total += one.value
            if one.value > worst_value:
                worst_value, worst = one.value, (response_key, *one.worst)
        return _Sum(min(total, MOST), worst, worst_value)

    def _field(self, nodes: list[FieldNode], cost: FieldCost, sized: _Sized) -> _Sum:
        node = nodes[0]
        weight = cost.weight
        for given in node.arguments or ():
            weight += cost.argument_weights.get(given.name.value, 0.0)
        size, below = 1.0, _NOTHING_SIZED
        if cost.listing and cost.listing.sized_fields:
            below = (cost.listing.sized_fields, self._list_size(node, cost, cost.listing))
        elif cost.is_list and node.name.value in sized[0]:
            size = sized[1]
        elif cost.is_list:
            size = self._list_size(node, cost, cost.listing)
        each = self._each(nodes, cost, below)
        return _Sum(min(weight + size * each.value, MOST), each.worst, 0.0)

    def _each(self, nodes: list[FieldNode], cost: FieldCost, below: _Sized) -> _Sum:
        """Cost one returned object on the costliest of its possible types."""
        costliest = _Sum(cost.leaf_weight, (), 0.0)
        if cost.types:
            sets = tuple(node.selection_set for node in nodes if node.selection_set)
            for name in cost.types:
                inner = self.sum_fields(sets, name, below)
                value = self.table.type_weights[name] + inner.value
                if value >= costliest.value:
                    costliest = _Sum(value, inner.worst, 0.0)
        return costliest

    def _list_size(self, node: FieldNode, cost: FieldCost, listing: Listing | None) -> float:
        """Return the greatest slicing argument, else the assumed size.

        A page beyond the largest allowed counts as that one: its field refuses it, and says so better.
        """
        largest_page = max(self.limits.page, self.limits.series_page)
        lengths = [
            length
            for name in (listing.slicing_arguments if listing else ())
            if (length := list_length(node, name, cost.definition.args[name], self.variables)) is not None
        ]
        if lengths:
            return float(min(max(0, *lengths), largest_page))
        if listing and listing.assumed_size is not None:
            return float(listing.assumed_size)
        return float(self.limits.page)

    def _collect(self, sets: _Sets, parent: str) -> dict[str, list[FieldNode]]:
        found: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        pending = [iter(selection_set.selections) for selection_set in reversed(sets)]
        while pending:
            node = next(pending[-1], None)
            if node is None:
                pending.pop()
                continue
            self.visits += 1
            if self.visits > _MOST_VISITS:
                raise _Uncountable
            if not is_included(node, self.variables):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
                continue
            pending.extend(self._inner(node, parent, spread))
        return found

    def _inner(self, node: object, parent: str, spread: set[str]) -> Iterator[Iterator[Any]]:
        """Yield the selections of a fragment that applies to `parent`, once per fragment."""
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            fragment = self.fragments.get(name)
            if fragment is not None and name not in spread and parent in self._stands_for(fragment):
                spread.add(name)
                yield iter(fragment.selection_set.selections)
        elif isinstance(node, InlineFragmentNode) and (node.type_condition is None or parent in self._stands_for(node)):
            yield iter(node.selection_set.selections)

    def _stands_for(self, node: FragmentDefinitionNode | InlineFragmentNode) -> frozenset[str]:
        condition = node.type_condition
        return self.table.narrowings[condition.name.value] if condition else frozenset()
