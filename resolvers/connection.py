"""Relay connections over keyset pages: edges, nodes, page info, and a count that costs nothing unless asked."""

from collections.abc import Callable, Hashable, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar

import msgspec
import strawberry

from loaders.base import Loader
from resolvers.arguments import key_of
from resolvers.batched import Column, batched
from resolvers.directives import Budget
from resolvers.info import Info
from resolvers.opaque import seal_all
from resolvers.sizes import COUNT
from storage.paging import Page, Position

NodeType = TypeVar("NodeType")


class Listing(msgspec.Struct, frozen=True, gc=False):
    """What all connections of one place share: their ordering, and which loader and segment count their items."""

    ordering: str
    position: Callable[[Any], Position]
    counts: type[Loader[Any, Any, Any, int]]
    counted: Any


class ListedPage(msgspec.Struct, frozen=True, gc=False):
    """One connection: a page of rows, and the param that tells it from the others of its listing."""

    listing: Listing
    param: Hashable
    page: Page[Any]

    nodes = property(attrgetter("page.rows"))
    has_next_page = property(attrgetter("page.has_next"))
    has_previous_page = property(attrgetter("page.has_previous"))

    @property
    def page_info(self) -> "ListedPage":
        """It reads the page itself."""
        return self

    @property
    def edges(self) -> "list[ListedRow]":
        """Rows that know their listing; their cursors are made where they are asked for."""
        return [ListedRow(self.listing, row) for row in self.page.rows]


class ListedRow(msgspec.Struct, frozen=True, gc=False):
    """One edge."""

    listing: Listing
    node: Any


def _cursors(edges: Sequence[ListedRow], info: Info) -> Column:
    return _sealed([(edge.listing, edge.node) for edge in edges], info)


def _first_cursors(pages: Sequence[ListedPage], info: Info) -> Column:
    return _sealed([(page.listing, page.nodes[0] if page.nodes else None) for page in pages], info)


def _last_cursors(pages: Sequence[ListedPage], info: Info) -> Column:
    return _sealed([(page.listing, page.nodes[-1] if page.nodes else None) for page in pages], info)


def _sealed(places: list[tuple[Listing, Any]], info: Info) -> list[Any]:
    """Seal each row's place; None where there is no row."""
    listings = {listing.ordering: listing for listing, _ in places}
    key = key_of(info)
    tokens: dict[int, str] = {}
    for ordering, listing in listings.items():
        own = [place for place, (of, row) in enumerate(places) if row is not None and of.ordering == ordering]
        sealed = seal_all(key, ordering, [listing.position(places[place][1]) for place in own])
        tokens.update(zip(own, sealed, strict=True))
    return [tokens.get(place) for place in range(len(places))]


def _counts(pages: Sequence[ListedPage], info: Info) -> Column:
    (listing,) = {id(page.listing): page.listing for page in pages}.values()
    return info.context.loader(listing.counts).load_segment(listing.counted, [page.param for page in pages])


@strawberry.type(description="Where a page lies in its connection.")
class PageInfo:
    """Reads a ListedPage; as the Relay connection specification has it."""

    has_next_page: bool = strawberry.field(description="Whether items follow the page.")
    has_previous_page: bool = strawberry.field(description="Whether items precede the page.")
    start_cursor: str | None = batched(
        _first_cursors, description="Cursor of the page's first item; null on an empty page."
    )
    end_cursor: str | None = batched(
        _last_cursors, description="Cursor of the page's last item; null on an empty page."
    )


@strawberry.type(description="An item and its place in the connection.")
class Edge(Generic[NodeType]):
    """Reads a ListedRow."""

    cursor: str = batched(_cursors, description="The item's place; send it as `after` or `before`.")
    node: NodeType = strawberry.field(description="The item.")


@strawberry.type(description="A page of items, keyed by what they are ordered by: stable while rows come and go.")
class Connection(Generic[NodeType]):
    """Reads a ListedPage: rows, with cursors and a count where they are asked for."""

    edges: list[Edge[NodeType]] = strawberry.field(description="The page's items with their cursors.")
    nodes: list[NodeType] = strawberry.field(description="The page's items alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")
    total_count: int | None = batched(
        _counts,
        description="How many items there are on all pages, counted only when this field is asked for.",
        directives=[COUNT, Budget(p90_ms=150)],
    )
