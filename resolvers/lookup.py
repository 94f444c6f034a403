"""Which type answers for which global id."""

from ops.errors import BadId
from resolvers.info import Info
from resolvers.mention import mention_at
from resolvers.node import Node, opened
from resolvers.stock import stock_named


async def find(info: Info, global_id: str) -> Node | None:
    """Load the object that an id names; null when it is gone."""
    match opened(info, global_id):
        case ("Stock", (str() as symbol,)):
            return await stock_named(info, symbol)
        case ("Mention", identity):
            return await mention_at(info, identity)
        case (kind, _):
            raise BadId(f"`id` is a token of another kind ({kind}), not a global id.", argument="id")
