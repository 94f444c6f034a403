"""A database of realistic volume, the same in every run: 5,000 stocks, 201,600 bars and 100,000 mentions of 300."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import asyncpg
import pytest

from tests.servers import cloned

NOW = datetime(2026, 11, 20, 15, 3, 20, tzinfo=UTC)
SYMBOLS = tuple(f"S{number:04d}" for number in range(0, 300, 6))

_FILL = """
INSERT INTO stocks (symbol, name, exchange, sector, market_cap)
SELECT 'S' || lpad(n::text, 4, '0'),
       initcap(translate(left(md5(n::text), 9), '0123456789', 'qrstuvwxyz')) || ' Company',
       (ARRAY['NYSE', 'NASDAQ'])[1 + n % 2], 'Sector ' || n % 11, nullif(n * 7919 % 5000, 0) * 1000000::bigint
FROM generate_series(0, 4999) AS n;

INSERT INTO stock_prices (symbol, width, time, open, high, low, close, volume)
SELECT 'S' || lpad(n::text, 4, '0'), 3600, '2026-11-20 15:00Z'::timestamptz - make_interval(hours => h),
       100, 102, 99, 101, 1000 + h
FROM generate_series(0, 299) AS n, generate_series(0, 671) AS h;

INSERT INTO stock_mentions (symbol, source, external_id, posted_at, text, score, label, model, tier, engagement)
SELECT 'S' || lpad((n * 7919 % 300)::text, 4, '0'), (ARRAY['reddit', 'x', 'news'])[1 + n % 3], 'post-' || n,
       '2026-11-20 15:03:20Z'::timestamptz - make_interval(secs => n * 104729.0 % 5616000),
       'Post number ' || n || ' on earnings of ' || md5(n::text), n * 31 % 20001 - 10000,
       (ARRAY['positive', 'neutral', 'negative'])[1 + n % 3], 'reference', 'cashtag', n % 1000
FROM generate_series(1, 100000) AS n;
"""


@pytest.fixture(scope="module", params=["plain", pytest.param("timescale", marks=pytest.mark.timescale)])
def crowded_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of the crowded database, on each back end in turn; tests only read it."""
    with asyncio.Runner() as runner:
        clone = cloned(request.getfixturevalue(f"{request.param}_template"))
        url = runner.run(clone.__aenter__())
        try:
            runner.run(_fill(url))
            yield url
        finally:
            runner.run(clone.__aexit__(None, None, None))


async def _fill(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_FILL)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
