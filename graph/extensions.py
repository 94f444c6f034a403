"""Facts about one operation beside its data, for those who ask by a header: what ran, what it cost, how fresh it is.

`x-insitechart-extensions: plan, cost, freshness` adds the named members to the response's `extensions`. They are open
in development; elsewhere the request also carries the operator's token, compared in constant time.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from starlette.datastructures import Headers

from graph.documents.operation import AdmittedOperation
from graph.engine import Extend
from graph.http.operator import TOKEN, is_operator
from graph.plan_ledger import ledger
from loaders.context import RequestContext
from loaders.feeds_by_instant import FeedsByInstant
from ops.errors import BadRequest, PublicError
from ops.settings import Settings

ASKED = "x-insitechart-extensions"


class About(NamedTuple):
    """What extensions are made of; `field_seconds` are budgets by coordinate."""

    context: RequestContext
    admitted: AdmittedOperation
    field_seconds: Mapping[str, float]


def asked_extensions(headers: Headers, settings: Settings, field_seconds: Mapping[str, float]) -> Extend | None:
    """Return what makes the extensions that a request asks for; None when it asks for none. Raises BadRequest."""
    names = [name.strip() for name in headers.get(ASKED, "").split(",") if name.strip()]
    if not names:
        return None
    unknown = [name for name in names if name not in _MAKERS]
    if unknown:
        raise BadRequest(f"{ASKED}: there is no {unknown[0][:40]!r}; there are {', '.join(_MAKERS)}", header=ASKED)
    if not settings.development and not is_operator(headers, settings):
        raise BadRequest(f"{ASKED} needs the operator's token in {TOKEN} outside development", header=TOKEN)

    async def extend(context: RequestContext, admitted: AdmittedOperation) -> dict[str, Any]:
        about = About(context, admitted, field_seconds)
        return {name: await _MAKERS[name](about) for name in dict.fromkeys(names)}

    return extend


async def _plan(about: About) -> object:
    """Show what the operation did, so far."""
    return ledger(about.context, about.field_seconds)


async def _cost(about: About) -> object:
    """Give the operation's static cost and the limit that it was held against."""
    return {"cost": about.admitted.cost, "limit": about.context.settings.limits.cost}


async def _freshness(about: About) -> object:
    """List the newest item of each feed that ever brought one, or the code of the failure to read it."""
    try:
        rows = await about.context.loader(FeedsByInstant).load(about.context.now)
    except PublicError as error:
        return {"code": error.code}
    return [{"feed": row.feed.name, "newestAt": row.newest_at} for row in rows]


_MAKERS: dict[str, Callable[[About], Awaitable[object]]] = {
    "plan": _plan,
    "cost": _cost,
    "freshness": _freshness,
}
