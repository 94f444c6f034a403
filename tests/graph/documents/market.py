"""A small market of its own shape: connections, an interface, lists by argument, and every kind of declared weight."""

from collections.abc import AsyncGenerator
from enum import Enum

import strawberry

from graph.documents.admission import AdmittedOperation, Documents
from graph.documents.refusal import Refusal
from graph.documents.request import OperationRequest
from ops.settings import Limits
from resolvers.directives import Cost, ListSize

PAGE = ListSize(
    assumed_size=3,
    slicing_arguments=["first", "last"],
    sized_fields=["edges", "nodes"],
    require_one_slicing_argument=False,
)


@strawberry.enum
class Mood(Enum):
    """How a post feels."""

    GOOD = "good"
    BAD = "bad"


@strawberry.input
class StockFilter:
    """Nested so that lists hide below an object and below a list."""

    symbols: list[str] | None = strawberry.UNSET
    mood: Mood | None = strawberry.UNSET
    any_of: list["StockFilter"] | None = strawberry.UNSET


@strawberry.interface
class Node:
    """Anything with an id."""

    id: strawberry.ID


@strawberry.type
class Mention(Node):
    """A post about a stock."""

    text: str
    mood: Mood

    @strawberry.field(directives=[Cost(weight="0.5")])
    def stock(self) -> "Stock | None":
        """Return the stock that the post is about."""
        return Stock(id=strawberry.ID("s"), symbol="S")


@strawberry.type
class MentionConnection:
    """A page of mentions."""

    nodes: list[Mention]
    total_count: int = strawberry.field(directives=[Cost(weight="5")])


@strawberry.type
class Stock(Node):
    """A stock."""

    symbol: str

    @strawberry.field(directives=[PAGE])
    def mentions(
        self, first: int | None = strawberry.UNSET, last: int | None = strawberry.UNSET
    ) -> MentionConnection | None:
        """Return a full page of mentions."""
        count = page_size(first, last)
        post = Mention(id=strawberry.ID("m"), text="t", mood=Mood.GOOD)
        return MentionConnection(nodes=[post] * count, total_count=count)


@strawberry.type
class StockEdge:
    """A stock on a page."""

    node: Stock
    cursor: str


@strawberry.type
class StockConnection:
    """A page of stocks."""

    edges: list[StockEdge]
    nodes: list[Stock]


@strawberry.type
class Query:
    """The market's roots."""

    @strawberry.field(directives=[PAGE])
    def stocks(
        self,
        filter: StockFilter | None = strawberry.UNSET,  # noqa: A002 - the API's word
        first: int | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
    ) -> StockConnection | None:
        """Return a full page of stocks."""
        stock = Stock(id=strawberry.ID("s"), symbol="S")
        count = page_size(first, last)
        return StockConnection(edges=[StockEdge(node=stock, cursor="c")] * count, nodes=[stock] * count)

    @strawberry.field
    def node(self, id: strawberry.ID) -> Node | None:  # noqa: A002 - the API's word
        """Return a mention, whatever the id."""
        return Mention(id=id, text="t", mood=Mood.BAD)

    @strawberry.field(directives=[ListSize(slicing_arguments=["ids"], require_one_slicing_argument=False)])
    def nodes(self, ids: list[strawberry.ID]) -> list[Node | None]:
        """Return a stock for each id."""
        return [Stock(id=id_, symbol="S") for id_ in ids]

    @strawberry.field(
        directives=[Cost(weight="7"), ListSize(slicing_arguments=["first"], require_one_slicing_argument=False)]
    )
    def search(self, text: str, first: int = 4) -> list[Stock]:
        """Return as many stocks as asked for."""
        return [Stock(id=strawberry.ID("s"), symbol="S")] * first

    @strawberry.field
    def undeclared(self) -> list[Stock]:
        """Return one stock; how many there may be is not declared."""
        return [Stock(id=strawberry.ID("s"), symbol="S")]


@strawberry.type
class Mutation:
    """Something to refuse by GET."""

    @strawberry.mutation
    def watch(self, symbol: str) -> bool:
        """Return true."""
        return bool(symbol)


@strawberry.type
class Subscription:
    """Something to flag."""

    @strawberry.subscription
    async def ticks(self) -> AsyncGenerator[int, None]:
        """Yield one tick."""
        yield 1


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)
GRAPH = SCHEMA._schema


def page_size(first: int | None, last: int | None) -> int:
    """Return the longer of both pages, or the default of 3."""
    given = [size for size in (first, last) if isinstance(size, int)]
    return max(0, *given) if given else 3


def documents(limits: Limits | None = None, *, introspection: bool = True, suggestions: bool = False) -> Documents:
    """Admit to the market, by default within the default limits."""
    return Documents(GRAPH, limits or Limits(), introspection=introspection, suggestions=suggestions)


def admit(query: str, variables: dict[str, object] | None = None, limits: Limits | None = None) -> AdmittedOperation:
    """Admit one query."""
    return documents(limits).admit(OperationRequest(query, variables=variables or {}), allow_mutations=True)


def refused(
    query: str, variables: dict[str, object] | None = None, limits: Limits | None = None
) -> list[tuple[str, str]]:
    """Return the codes and messages with which a query is refused."""
    try:
        admitted = admit(query, variables, limits)
    except Refusal as refusal:
        return [((error.extensions or {})["code"], error.message) for error in refusal.errors]
    raise AssertionError(f"admitted at cost {admitted.cost}")
