"""The listed stocks for a command that can do without them: from a database that is there, else none."""

import asyncio
import re
from dataclasses import dataclass

from pydantic import SecretStr

from ingest.listing import read_listing
from ingest.tickers import Listing
from ops.embedded import ServerUnavailable, servers
from ops.embedded.identity import place_for
from ops.errors import PublicError
from ops.settings import Settings
from storage.database import open_database
from storage.migrate import check
from storage.migration_files import MigrationError
from storage.symbols import canonical

_CONSEQUENCE = "only cashtags are taken for stocks, listed or not"
_CASHTAG = re.compile(r"\$([A-Za-z][A-Za-z._-]{0,7})")


@dataclass(frozen=True, slots=True)
class ListingAtHand:
    """Listed stocks, or None with a note that says why there are none."""

    listing: Listing | None
    note: str = ""

    def cashtags(self, text: str) -> Listing:
        """List what stands behind a dollar sign, as if every such symbol were a stock."""
        found = (canonical(tag[1].rstrip("._-")) for tag in _CASHTAG.finditer(text))
        return Listing.of_symbols(symbol for symbol in found if symbol)


def listing_at_hand(settings: Settings) -> ListingAtHand:
    """Read the listing of the named database, else of the embedded one where there has been one already."""
    try:
        if settings.database_url is not None:
            return asyncio.run(_read(settings, settings.database_url))
        if not (place_for(settings.data_dir) / "postgres" / "data").exists():
            return ListingAtHand(None, f"no database is named, and none is embedded here: {_CONSEQUENCE}")
        with servers(settings.data_dir, postgres=True, valkey=False) as endpoints:
            return asyncio.run(_read(settings, SecretStr(endpoints.database_url or "")))
    except (PublicError, ServerUnavailable, MigrationError) as error:
        return ListingAtHand(None, f"{str(error).rstrip('.')}: {_CONSEQUENCE}")


async def _read(settings: Settings, url: SecretStr) -> ListingAtHand:
    if (await check(url.get_secret_value())).missing:
        return ListingAtHand(None, f"the database lacks migrations: {_CONSEQUENCE}")
    async with open_database(settings.model_copy(update={"database_url": url})) as database:
        listing = await read_listing(database)
    if not listing.names:
        return ListingAtHand(None, f"the database lists no stock: {_CONSEQUENCE}")
    return ListingAtHand(listing)
