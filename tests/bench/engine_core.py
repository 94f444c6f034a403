"""The watchlist in graphql-core alone, with data loaders; and a compiled plan of any executable schema."""

from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from inspect import isawaitable
from typing import Any, cast

import msgspec
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    parse,
    validate,
)
from graphql.execution.values import VariableValues, get_variable_values

from graph.compiled import Plan, Plans, TimedField, Timing
from tests.bench.engine_strawberry import Context

_SDL = """
scalar DateTime
type Query { stocks(first: Int!): [Stock!]! }
type Stock {
  symbol: String! name: String! sector: String marketCap: Float!
  quote: Quote! sentiment: Sentiment! mentions: [Mention!]!
}
type Quote { price: Float! change: Float! changePercent: Float! at: DateTime! }
type Sentiment {
  mentionCount: Int! averageScore: Float! standardError: Float positive: Int! neutral: Int! negative: Int!
}
type Mention {
  source: String! community: String author: String! text: String! score: Float! label: String! postedAt: DateTime!
  engagement: Int
}
"""
_PYTHON_NAMES = {
    "marketCap": "market_cap",
    "changePercent": "change_percent",
    "mentionCount": "mention_count",
    "averageScore": "average_score",
    "standardError": "standard_error",
    "postedAt": "posted_at",
}


def core_schema() -> GraphQLSchema:
    """Return the watchlist's schema without Strawberry, each loaded field a coroutine that awaits its loader."""
    schema = build_schema(_SDL)
    instants = cast("Any", schema.type_map["DateTime"])
    instants.serialize = instants.coerce_output_value = lambda at: at.isoformat().replace("+00:00", "Z")
    for name in ("Stock", "Quote", "Sentiment", "Mention"):
        fields = cast("Any", schema.type_map[name]).fields
        for field in _PYTHON_NAMES.keys() & fields.keys():
            fields[field].resolve = _attribute(_PYTHON_NAMES[field])
    stock = cast("Any", schema.type_map["Stock"]).fields
    for field, loader in (("quote", "quotes"), ("sentiment", "sentiments"), ("mentions", "mentions")):
        stock[field].resolve = _loaded(loader)
    cast("Any", schema.query_type).fields["stocks"].resolve = _stocks
    return schema


def _attribute(name: str) -> Callable[[Any, GraphQLResolveInfo[Any]], Any]:
    return lambda source, _info: getattr(source, name)


def _loaded(name: str) -> Callable[[Any, GraphQLResolveInfo[Any]], Awaitable[Any]]:
    async def resolve(source: Any, info: GraphQLResolveInfo[Any]) -> Any:
        return await getattr(info.context, name).load(source.symbol)

    return resolve


def _stocks(_source: Any, info: GraphQLResolveInfo[Any], first: int) -> list[Any]:
    context: Context = info.context
    return context.store.stocks[:first]


async def _plainly(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


class Compiled:
    """A document's plan on a schema, ready to run; SystemExit where it does not compile."""

    def __init__(self, schema: GraphQLSchema, document: str, variables: dict[str, Any]) -> None:
        self._parsed: DocumentNode = parse(document)
        if problems := validate(schema, self._parsed):
            raise SystemExit(f"the bench's own document is wrong: {problems}")
        (operation,) = (one for one in self._parsed.definitions if isinstance(one, OperationDefinitionNode))
        fragments = {one.name.value: one for one in self._parsed.definitions if isinstance(one, FragmentDefinitionNode)}
        values = get_variable_values(schema, operation.variable_definitions or (), variables)
        if isinstance(values, list):
            raise SystemExit(f"the bench's own variables are wrong: {values}")
        self._values: VariableValues = values
        plans = Plans(schema, most=10)
        digest = sha256(document.encode()).hexdigest()
        found = [plans.find(digest, operation, fragments, variables) for _ in range(3)]  # the second use compiles
        if found[-1] is None:
            raise SystemExit(f"the engine falls back: {plans.fallbacks}")
        self._plan: Plan = found[-1]

    @property
    def columns(self) -> Sequence[TimedField]:
        """The columns that a timing hears of."""
        return self._plan.columns

    def start(self, context: Any, timing: Timing | None = None) -> bytes | Awaitable[bytes]:
        """Run once and encode the response; awaitable only when some field was."""
        result = self._plan.run(None, context, self._values, _plainly, timing)
        if isawaitable(result):
            return self._finish(result)
        return _encoded(result.data, result.errors)

    async def run(self, context: Any) -> bytes:
        """Run once, and encode the response."""
        started = self.start(context)
        return await started if isawaitable(started) else started

    async def _finish(self, running: Awaitable[Any]) -> bytes:
        result = await running
        return _encoded(result.data, result.errors)


def _encoded(data: Any, errors: list[GraphQLError]) -> bytes:
    if errors:
        return msgspec.json.encode({"data": data, "errors": [error.formatted for error in errors]})
    return msgspec.json.encode({"data": data})
