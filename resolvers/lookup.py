"""Which type answers for which global id."""

from collections.abc import Hashable, Sequence
from typing import Any

from loaders.base import Loader
from loaders.mention_by_id import MentionById
from loaders.stock_by_symbol import StockBySymbol
from ops.errors import BadId
from resolvers.batched import Column, settled
from resolvers.info import Info
from resolvers.mention import mention_key
from resolvers.node import opened


async def found(info: Info, ids: Sequence[str]) -> list[Any]:
    """Load the rows that ids name, in their order: None where one is gone, an exception where an id is none of ours."""
    places: list[tuple[type[Loader[Any, Any, Any, Any]], Hashable] | Exception] = []
    for global_id in ids:
        try:
            places.append(_place(info, global_id))
        except BadId as failure:
            places.append(failure)
    kinds: dict[type[Loader[Any, Any, Any, Any]], list[Hashable]] = {}
    for place in places:
        if not isinstance(place, Exception):
            kinds.setdefault(place[0], []).append(place[1])
    columns: dict[Any, Column] = {kind: info.context.loader(kind).load_column(keys) for kind, keys in kinds.items()}
    answers = {kind: iter(await settled(column)) for kind, column in columns.items()}
    return [place if isinstance(place, Exception) else next(answers[place[0]]) for place in places]


def _place(info: Info, global_id: str) -> tuple[type[Loader[Any, Any, Any, Any]], Hashable]:
    """Return the loader that answers for an id, and its key."""
    match opened(info, global_id):
        case ("Stock", (str() as symbol,)):
            return StockBySymbol, symbol
        case ("Mention", identity):
            return MentionById, mention_key(identity)
        case (kind, _):
            raise BadId(f"`id` is a token of another kind ({kind}), not a global id.", argument="id")
