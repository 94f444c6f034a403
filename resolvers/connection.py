"""Relay connections over keyset pages: edges, nodes, page info, and a count that costs nothing unless asked."""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

import strawberry

from resolvers.arguments import key_of
from resolvers.info import Info
from resolvers.opaque import seal
from resolvers.sizes import COUNT
from storage.paging import Page, Position

NodeType = TypeVar("NodeType")


@strawberry.type(description="Where a page lies in its connection.")
class PageInfo:
    """As the Relay connection specification has it."""

    has_next_page: bool = strawberry.field(description="Whether items follow the page.")
    has_previous_page: bool = strawberry.field(description="Whether items precede the page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the page's first item; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="Cursor of the page's last item; null on an empty page.")


@strawberry.type(description="An item and its place in the connection.")
class Edge(Generic[NodeType]):
    """One row of a page."""

    cursor: str = strawberry.field(description="The item's place; send it as `after` or `before`.")
    node: NodeType = strawberry.field(description="The item.")


@strawberry.type(description="A page of items, keyed by what they are ordered by: stable while rows come and go.")
class Connection(Generic[NodeType]):
    """Holds rows; makes nodes and cursors of those that are asked for."""

    page: strawberry.Private[Page[Any]]
    ordering: strawberry.Private[str]
    make: strawberry.Private[Callable[[Any], Any]]
    position: strawberry.Private[Callable[[Any], Position]]
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="The page's items with their cursors.")
    def edges(self, info: Info) -> list[Edge[NodeType]]:
        """Wrap every row."""
        return [Edge(cursor=self._cursor(info, row), node=self.make(row)) for row in self.page.rows]

    @strawberry.field(description="The page's items alone.")
    def nodes(self) -> list[NodeType]:
        """Make a node of every row."""
        return [self.make(row) for row in self.page.rows]

    @strawberry.field(description="Where the page lies.")
    def page_info(self, info: Info) -> PageInfo:
        """Seal the cursors of both ends."""
        rows = self.page.rows
        return PageInfo(
            has_next_page=self.page.has_next,
            has_previous_page=self.page.has_previous,
            start_cursor=self._cursor(info, rows[0]) if rows else None,
            end_cursor=self._cursor(info, rows[-1]) if rows else None,
        )

    @strawberry.field(
        description="How many items there are on all pages, counted only when this field is asked for.",
        directives=[COUNT],
    )
    async def total_count(self) -> int | None:
        """Count."""
        return await self.count()

    def _cursor(self, info: Info, row: Any) -> str:
        return seal(key_of(info), self.ordering, self.position(row))
