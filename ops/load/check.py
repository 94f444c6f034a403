"""A check: find the stocks, warm up, measure, and judge every objective that the load touches."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import ceil, inf

import msgspec
from msgspec import Struct

from ops.budgets import OPERATION, Budgets, Objective
from ops.budgets.field_lines import FieldLine, worst
from ops.load.arrivals import Pace, Shot, fire
from ops.load.blanks import Blanks, Stock, stocks_in
from ops.load.client import Client, Refused, Unreachable, open_client
from ops.load.fields import Fields
from ops.load.judging import Verdict, judge_counted, judge_seen
from ops.load.mix import Mix, Request
from ops.load.scrape import ACCEPT, Scrape, ScrapeError, gained, read_scrape, together
from ops.load.turns import turns
from ops.metrics import catalogue

_STOCKS_SECONDS = 30.0
_OF_OBJECTIVE = {
    "statements": catalogue.STATEMENT_SECONDS.name,
    "cache_calls": catalogue.CACHE_CALL_SECONDS.name,
    "external_calls": catalogue.EXTERNAL_SECONDS.name,
}


class Plan(Struct, frozen=True):
    """What is to be checked: the server by its base URL, and the addresses of metrics, which may be of more processes.

    `most_fields` is how many of the worst are told.
    """

    url: str
    metrics: tuple[str, ...]
    pace: Pace
    mix: Mix
    budgets: Budgets
    fields: Fields
    token: str | None = msgspec.field(default=None)
    most_fields: int = 10


class Report(Struct, frozen=True):
    """What was found. `verdicts` begin with that of all operations.

    `failures` count by their code, requests that were not sent among them; `late` is the 99th percentile of the
    seconds by which requests were sent after they were due, which tell of the machine that sends.
    """

    stage: str
    requests: int
    failures: Mapping[str, int]
    late: float
    verdicts: Sequence[Verdict]
    fields: Sequence[FieldLine]
    not_asked: Sequence[str]


async def check(plan: Plan) -> Report:
    """Run a check. Raises Unreachable, Refused and ScrapeError."""
    async with open_client(plan.url, plan.token) as client:
        await client.reach()
        await _look(client, plan.metrics)  # metrics that are refused are told of before there is any load
        blanks = Blanks(await _stocks(client, plan.mix.stocks), datetime.now(UTC))
        each = turns(list(plan.mix.requests.values()))
        drawn = [next(each) for _ in range(plan.pace.total)]
        before: list[Scrape] = []

        async def send(number: int) -> str | None:
            failure, _ = await client.ask(*drawn[number].filled(blanks))
            return failure

        async def warm() -> None:
            before.extend(await _look(client, plan.metrics))

        try:
            shots = await fire(plan.pace, send, warm)
        except* (Unreachable, Refused, ScrapeError) as failed:
            raise failed.exceptions[0] from None
        after = await _look(client, plan.metrics)
    return _report(plan, drawn, shots, list(zip(before, after, strict=True)))


async def _stocks(client: Client, request: Request) -> list[Stock]:
    """Ask which stocks there are, which also tells early of a server that answers nothing."""
    body = {"query": request.text, "operationName": request.operation, "variables": request.content}
    try:
        async with asyncio.timeout(_STOCKS_SECONDS):
            failure, content = await client.ask(request.path, body)
    except TimeoutError:
        failure, content = f"no answer within {_STOCKS_SECONDS:g} s", b""
    if failure == "HTTP 404":
        raise Refused(f"no API is at {client.url}{request.path}: name a server, not a worker or a collector")
    if failure is not None:
        raise Refused(f"the stocks to ask for are not told: {request.operation} fails with {failure}")
    try:
        found = list(stocks_in(msgspec.json.decode(content)).values())
    except (msgspec.DecodeError, RecursionError):  # what is nested too deeply is not ours either
        raise Refused(f"{client.url}{request.path} answers no JSON of ours: is it InsiteChart?") from None
    if not found:
        raise Refused("the server has no stocks to ask for; `insitechart demo` loads some")
    return found


async def _look(client: Client, urls: Sequence[str]) -> list[Scrape]:
    return [_scrape(url, await client.operators(url, ACCEPT)) for url in urls]


def _scrape(url: str, content: bytes) -> Scrape:
    try:
        return read_scrape(content.decode("utf-8", "replace"))
    except ScrapeError as error:
        raise ScrapeError(f"{url}: {error}") from error


def _report(
    plan: Plan, drawn: Sequence[Request], shots: Sequence[Shot], looks: Sequence[tuple[Scrape, Scrape]]
) -> Report:
    seconds: dict[str, list[float]] = {}
    for shot in shots:
        taken = inf if shot.failure is not None else shot.seconds
        seconds.setdefault(drawn[shot.number].operation, []).append(taken)
    verdicts, not_asked = [], []
    for objective in plan.budgets.objectives:
        name = objective.name.removeprefix(OPERATION)
        if objective.name in _OF_OBJECTIVE:
            verdicts.append(judge_gained(objective, looks))
        elif objective.name == "operations":
            verdicts.append(judge_seen(objective, (one for taken in seconds.values() for one in taken)))
        elif name in seconds:
            verdicts.append(judge_seen(objective, seconds[name]))
        else:
            not_asked.append(name)
    late = sorted(shot.late for shot in shots)
    fields = [
        plan.fields.line(labels["operation"], labels["path"], times)
        for before, after in looks
        for labels, times in gained(before, after, catalogue.FIELD_SECONDS.name)
    ]
    return Report(
        plan.budgets.stage,
        len(shots),
        Counter(shot.failure for shot in shots if shot.failure is not None),
        late[ceil(0.99 * len(late)) - 1],
        verdicts,
        worst(fields, plan.most_fields),
        not_asked,
    )


def judge_gained(objective: Objective, looks: Sequence[tuple[Scrape, Scrape]]) -> Verdict:
    """Judge an objective by what metrics gained between two looks at each process. Raises ScrapeError.

    Statements and cache calls are those of processes that answered operations meanwhile, as in the alerts: workers
    write in bulk what nobody waits for.
    """
    metric = _OF_OBJECTIVE[objective.name]
    judged = looks if objective.name == "external_calls" else [each for each in looks if _answered(*each)]
    return judge_counted(
        objective, together(times for before, after in judged for _, times in gained(before, after, metric))
    )


def _answered(before: Scrape, after: Scrape) -> bool:
    return any(True for _ in gained(before, after, catalogue.OPERATION_SECONDS.name))
