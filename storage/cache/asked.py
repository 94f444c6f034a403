"""Which symbols are asked for most: counted here, summed up in Redis by the hour, for warming."""

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from redis.asyncio import Redis

from storage.cache.keys import ASKED

MOST_COUNTED: Final = 10_000
MOST_TOLD: Final = 500
MOST_KEPT: Final = 2_000
_HOUR: Final = 3_600
_HOURS_KEPT: Final = 3


class Asked:
    """Asks by symbol since they were last told."""

    def __init__(self) -> None:
        self._counted: Counter[str] = Counter()

    def count(self, symbols: Iterable[str]) -> None:
        """Count one ask of each."""
        self._counted.update(symbols)
        if len(self._counted) > MOST_COUNTED:
            self._counted = Counter(dict(self._counted.most_common(MOST_COUNTED // 2)))

    async def tell(self, client: Redis) -> None:
        """Add the most asked to this hour's sums, and begin anew."""
        counted, self._counted = self._counted, Counter()
        if not counted:
            return
        key = _key(0)
        pipeline = client.pipeline(transaction=False)
        for symbol, asks in counted.most_common(MOST_TOLD):
            pipeline.zincrby(key, asks, symbol)
        pipeline.zremrangebyrank(key, 0, -MOST_KEPT - 1)
        pipeline.expire(key, _HOURS_KEPT * _HOUR)
        await pipeline.execute()


async def most_asked(client: Redis, most: int) -> list[str]:
    """Return the symbols that were asked for most in this hour and the two before, the most asked first."""
    keys = [_key(hour) for hour in range(_HOURS_KEPT)]
    symbols: Any = await client.zunion(keys)
    return [symbol.decode() for symbol in reversed(symbols)][:most]


def _key(hours_ago: int) -> str:
    return f"{ASKED}:{int(time.time()) // _HOUR - hours_ago}"
