"""One subscriber's stream: the past from its cursor on, where it has one, and then what everybody gets."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

from graph.events.delivery import Delivery
from graph.events.group import Execute, Group, Member
from graph.events.hub import Hub, Key, missing
from ops.errors import Unavailable
from resolvers.updates import Gap, Notice, Updates
from storage.event_reader import BEGINNING, Found, Kind, Missed, Position

_PAUSE = 0.5
_ATTEMPTS = 10


async def follow(hub: Hub, key: Key, updates: Updates[Any], execute: Execute) -> AsyncGenerator[Delivery, None]:
    """Yield deliveries for ever. Raise `Unavailable` before the first where there is nothing to follow."""
    await hub.ready()
    lost = await _lost_states(hub, updates)
    with hub.joined(key, updates, execute, current=lost is None) as (group, member):
        past = _replay(hub, group, member, updates.after) if not updates.latest else _tell(group, member, lost)
        async with aclosing(past) as deliveries:
            async for delivery in deliveries:
                yield delivery
        while True:
            item = await member.slots.next()
            yield item if isinstance(item, Delivery) else await group.answer(item)


async def _lost_states(hub: Hub, updates: Updates[Any]) -> Gap | None:
    """Return the gap before the newest state, where the cursor's place in the stream is gone."""
    after, newest = updates.after, hub.position(updates.kind)
    if not updates.latest or after is None or after in {BEGINNING, newest}:
        return None
    if newest is not None and newest.leads_to(after):
        return None
    if newest is None or not after.leads_to(newest):
        return _gap(after, newest)
    first = await hub.past(updates.kind, after, newest, 1)
    return _gap(after, newest) if not first or isinstance(first[0], Missed) else None


async def _tell(group: Group, member: Member, lost: Gap | None) -> AsyncGenerator[Delivery, None]:
    """Yield the newest states with a gap before them, to this subscriber alone."""
    if lost is not None:
        for topic in group.updates.topics:
            yield await group.answer(Notice(member.joined_at, topic, gap=lost))


async def _replay(hub: Hub, group: Group, member: Member, after: Position | None) -> AsyncGenerator[Delivery, None]:
    """Yield what was published after a cursor and before the subscriber joined; what is gone is a gap."""
    until = member.since
    if after is None:
        return
    if until.leads_to(after):  # another process, which gave out the cursor, had read further
        member.since = after
        return
    if not after.leads_to(until):
        yield await group.answer(Notice(until, "", gap=_gap(after, until)))
        return
    place = after
    while place < until:
        page = await _page(hub, group.updates.kind, place, until)
        if not page:
            yield await group.answer(Notice(until, "", gap=_gap(place, until)))
            return
        for found in page:
            if isinstance(found, Missed):
                yield await group.answer(Notice(found.before, "", gap=_gap(found.after, found.before)))
                continue
            place = found.position
            if found.topic in group.updates.topics:
                yield await group.answer(hub.decode(found) or missing(found))


async def _page(hub: Hub, kind: Kind, place: Position, until: Position) -> list[Found]:
    """Read a page of the past; none where it is gone, or Redis stays away."""
    for _ in range(_ATTEMPTS):
        try:
            return await hub.past(kind, place, until)
        except Unavailable:
            await asyncio.sleep(_PAUSE)
    return []


def _gap(after: Position, before: Position | None) -> Gap:
    end = before.at if before is not None and before != BEGINNING else datetime.now(UTC)
    return Gap(after.at, max(after.at, end), None)
