"""An operation knows what it read, whichever level answered: kept responses are dropped by these tags."""

from ops.settings import Settings
from tests.loaders.questions import questions
from tests.loaders.test_writes_tell import NOW, POSTED, WRITES
from tests.own_valkey import own_valkey
from tests.storage.cache.stack import open_stack


async def test_tags_are_those_of_the_keys_on_every_level(plain_database_url: str) -> None:
    """From the database, from Redis and from memory: each loader's answer brings the tags of what was asked."""
    with own_valkey() as server:
        settings = Settings.model_validate({"database_url": plain_database_url, "redis_url": server.url})
        async with open_stack(settings) as stack:
            for name in ("stocks", "bars", "quotes", "posts"):
                await WRITES[name](stack.database)
            await stack.heard_all()
            silent: set[str] = set()
            asked = questions(NOW, POSTED)
            for afresh in (True, True, True, False):
                for loader, keys in asked.items():
                    assert loader.cached is not None
                    context = stack.context(stack.rows)
                    if afresh:
                        context.read_afresh()
                    await context.loader(loader).load_column(keys)
                    tags = {tag for key in keys for tag in loader.cached.tags(*loader.split(key))}
                    assert tags <= context.tags, (loader, afresh)
                    if not context.session.statements:
                        silent.add(loader.__name__)
                    await context.aclose()
                await stack.heard_all()
            assert stack.rows.counts.redis_hits > 0
            assert silent == {loader.__name__ for loader in asked}, "caches answered each loader"
