"""The plans of one schema: found by document, bounded, and compiled when a document comes for the second time."""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import FragmentDefinitionNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType

from graph.compiled.compiler import Compiler
from graph.compiled.failure import Unsupported
from graph.compiled.plan import Plan
from graph.compiled.resolution import SchemaFacts
from graph.compiled.scan import condition_variables

FIRST_USE = "first use"
VARIANTS = 16
"""Choices of the variables in @skip and @include for which one operation has plans of its own."""

PATHS_PER_PLAN = 100
"""Field paths that a plan has on average at most; larger ones leave room for fewer."""

SEEN_PER_PLAN = 4
"""Operations remembered as seen once, for each plan that may be held."""

_Operation: TypeAlias = tuple[str, str | None]
_Fragments: TypeAlias = Mapping[str, FragmentDefinitionNode]
_Found: TypeAlias = Plan | str


@dataclass(slots=True)
class Entry:
    """An operation that was seen: what its plans depend on, or why it has none.

    `only` is its plan, if one is held that depends on nothing.
    """

    conditions: tuple[str, ...] = ()
    refused: str | None = None
    used: bool = False
    chosen: set[tuple[Any, ...]] = field(default_factory=set)
    only: Plan | None = None


class Plans:
    """Finds or compiles plans. `most` stay, and fewer where they are large; the longest unused leave first."""

    def __init__(self, schema: GraphQLSchema, *, most: int) -> None:
        self._facts = SchemaFacts(schema)
        self._most = most
        self._entries: OrderedDict[_Operation, Entry] = OrderedDict()
        self._plans: OrderedDict[tuple[_Operation, tuple[Any, ...]], _Found] = OrderedDict()
        self._paths = 0
        self.fallbacks: Counter[str] = Counter()
        self.hits = 0
        self.compiled = 0
        self.evicted = 0

    def __len__(self) -> int:
        """Return the number of plans held."""
        return len(self._plans)

    def find(
        self, digest: str, operation: OperationDefinitionNode, fragments: _Fragments, variables: Mapping[str, Any]
    ) -> Plan | None:
        """Return the plan, or None where graphql-core has to run the operation: its first time, or for a reason.

        `digest` identifies the document; `variables` are the coerced values by name.
        """
        key = (digest, operation.name.value if operation.name else None)
        entry = self._entries.get(key)
        if entry is not None and entry.only is not None:
            self._entries.move_to_end(key)
            self._plans.move_to_end((key, ()))
            self.hits += 1
            return entry.only
        entry = self._entry(key, operation, fragments)
        if not entry.used:
            entry.used = True
            if entry.refused is None:
                self.fallbacks[FIRST_USE] += 1
                return None
        return self._plan(key, entry, operation, fragments, variables)

    def compile_now(
        self, digest: str, operation: OperationDefinitionNode, fragments: _Fragments, variables: Mapping[str, Any]
    ) -> Plan | None:
        """Return the plan, made at once if need be: for documents that are registered before they are used.

        Where a condition has no value in `variables` there is none yet; the first use will make it.
        """
        key = _key(digest, operation)
        entry = self._entry(key, operation, fragments)
        entry.used = True
        if any(name not in variables for name in entry.conditions):
            return None
        return self._plan(key, entry, operation, fragments, variables)

    def explain(
        self, operation: OperationDefinitionNode, fragments: _Fragments, variables: Mapping[str, Any]
    ) -> Plan | str:
        """Compile without remembering; return the plan, or why there is none. Conditions without a value hold."""
        try:
            conditions = condition_variables(operation, fragments)
        except Unsupported as reason:
            return str(reason)
        return self._compile(operation, fragments, {name: variables.get(name, True) for name in conditions})

    def _entry(self, key: _Operation, operation: OperationDefinitionNode, fragments: _Fragments) -> Entry:
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
            return entry
        entry = self._entries[key] = Entry()
        try:
            entry.conditions = condition_variables(operation, fragments)
        except Unsupported as reason:
            entry.refused = str(reason)
        if len(self._entries) > self._most * SEEN_PER_PLAN:
            self._entries.popitem(last=False)
        return entry

    def _plan(
        self,
        key: _Operation,
        entry: Entry,
        operation: OperationDefinitionNode,
        fragments: _Fragments,
        variables: Mapping[str, Any],
    ) -> Plan | None:
        if entry.refused is not None:
            self._fall_back(entry.refused)
            return None
        chosen = tuple(variables.get(name) for name in entry.conditions)
        found = self._plans.get((key, chosen))
        if found is None:
            if len(entry.chosen) >= VARIANTS:
                self._fall_back("too many choices of @skip and @include")
                return None
            values = {name: variables[name] for name in entry.conditions if name in variables}
            found = self._compile(operation, fragments, values)
            entry.chosen.add(chosen)
            self._keep((key, chosen), found)
        else:
            self._plans.move_to_end((key, chosen))
            self.hits += 1
        if isinstance(found, Plan):
            entry.only = found if not chosen and (key, chosen) in self._plans else None
            return found
        self._fall_back(found)
        return None

    def _keep(self, key: tuple[_Operation, tuple[Any, ...]], found: _Found) -> None:
        self._plans[key] = found
        self._paths += _size(found)
        while len(self._plans) > self._most or (self._paths > self._most * PATHS_PER_PLAN and len(self._plans) > 1):
            (operation, chosen), left = self._plans.popitem(last=False)
            self._paths -= _size(left)
            self.evicted += 1
            entry = self._entries.get(operation)
            if entry is not None:
                entry.chosen.discard(chosen)
                entry.only = None

    def _fall_back(self, reason: str) -> None:
        self.fallbacks[reason] += 1

    def _compile(
        self, operation: OperationDefinitionNode, fragments: _Fragments, variables: Mapping[str, Any]
    ) -> _Found:
        compiler = Compiler(self._facts, operation, fragments, variables)
        try:
            root = compiler.compile()
        except Unsupported as reason:
            return str(reason)
        except RecursionError:
            return "nested too deeply"
        except GraphQLError:
            return "a condition that has no value"  # graphql-core says which
        self.compiled += 1
        serially = operation.operation is OperationType.MUTATION
        return Plan(root, self._facts.types, compiler.kinds, compiler.columns, serially=serially)


def _key(digest: str, operation: OperationDefinitionNode) -> _Operation:
    return digest, operation.name.value if operation.name else None


def _size(found: _Found) -> int:
    return found.size if isinstance(found, Plan) else 1
