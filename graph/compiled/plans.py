"""The plans of one schema: found by document, bounded, and compiled when a document comes for the second time."""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode

from graph.compiled.compiler import Compiler
from graph.compiled.failure import Unsupported
from graph.compiled.plan import Plan
from graph.compiled.resolution import SchemaFacts
from graph.compiled.scan import condition_variables

FIRST_USE = "first use"
VARIANTS = 16
"""Choices of the variables in @skip and @include for which one operation has plans of its own."""

_Fragments: TypeAlias = Mapping[str, FragmentDefinitionNode]
_Found: TypeAlias = Plan | str


@dataclass(slots=True)
class Entry:
    """An operation that was seen: the plans it has by the values of its conditions, or why it has none."""

    conditions: tuple[str, ...] = ()
    refused: str | None = None
    used: bool = False
    found: dict[tuple[Any, ...], _Found] = field(default_factory=dict)


class Plans:
    """Finds or compiles plans. Operations that were not asked for longest leave first, `most` stay."""

    def __init__(self, schema: GraphQLSchema, *, most: int) -> None:
        self._facts = SchemaFacts(schema)
        self._most = most
        self._entries: OrderedDict[tuple[str, str | None], Entry] = OrderedDict()
        self.fallbacks: Counter[str] = Counter()
        self.hits = 0
        self.compiled = 0
        self.evicted = 0

    def __len__(self) -> int:
        """Return the number of operations remembered."""
        return len(self._entries)

    def find(
        self, digest: str, operation: OperationDefinitionNode, fragments: _Fragments, variables: Mapping[str, Any]
    ) -> Plan | None:
        """Return the plan, or None where graphql-core has to run the operation: its first time, or for a reason.

        `digest` identifies the document; `variables` are the coerced values by name.
        """
        entry = self._entry(digest, operation, fragments)
        if not entry.used:
            entry.used = True
            if entry.refused is None:
                self.fallbacks[FIRST_USE] += 1
                return None
        return self._plan(entry, operation, fragments, variables)

    def compile_now(
        self, digest: str, operation: OperationDefinitionNode, fragments: _Fragments, variables: Mapping[str, Any]
    ) -> Plan | None:
        """Return the plan, made at once if need be: for documents that are registered before they are used."""
        entry = self._entry(digest, operation, fragments)
        entry.used = True
        return self._plan(entry, operation, fragments, variables)

    def explain(
        self, operation: OperationDefinitionNode, fragments: _Fragments, variables: Mapping[str, Any]
    ) -> Plan | str:
        """Compile without remembering; return the plan, or why there is none."""
        try:
            conditions = condition_variables(operation, fragments)
        except Unsupported as reason:
            return str(reason)
        return self._compile(operation, fragments, {name: variables.get(name) for name in conditions})

    def _entry(self, digest: str, operation: OperationDefinitionNode, fragments: _Fragments) -> Entry:
        key = (digest, operation.name.value if operation.name else None)
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
            return entry
        entry = self._entries[key] = Entry()
        try:
            entry.conditions = condition_variables(operation, fragments)
        except Unsupported as reason:
            entry.refused = str(reason)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)
            self.evicted += 1
        return entry

    def _plan(
        self, entry: Entry, operation: OperationDefinitionNode, fragments: _Fragments, variables: Mapping[str, Any]
    ) -> Plan | None:
        if entry.refused is not None:
            self.fallbacks[entry.refused] += 1
            return None
        chosen = tuple(variables.get(name) for name in entry.conditions)
        found = entry.found.get(chosen)
        if found is None:
            if len(entry.found) >= VARIANTS:
                self.fallbacks["too many choices of @skip and @include"] += 1
                return None
            values = {name: variables[name] for name in entry.conditions if name in variables}
            found = entry.found[chosen] = self._compile(operation, fragments, values)
        elif isinstance(found, Plan):
            self.hits += 1
        if isinstance(found, Plan):
            return found
        self.fallbacks[found] += 1
        return None

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
        self.compiled += 1
        return Plan(root, self._facts.types, compiler.kinds)
