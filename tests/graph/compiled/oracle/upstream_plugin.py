"""A pytest plugin for graphql-core's own tests: each operation runs by a plan where it compiles.

Loaded in a process of its own, where `tests` is graphql-core's package. What each test came to, and whether a plan ran
in it, is written as JSON to the file that INSITECHART_TEST_UPSTREAM names.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Iterator
from importlib import import_module
from inspect import isawaitable
from itertools import count
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from graphql.execution import ExecutionResult, Executor, default_field_resolver, default_type_resolver
from graphql.execution.execute import assume_not_async_iterable, assume_not_awaitable
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental
from graphql.execution.incremental.incremental_executor import IncrementalExecutor
from graphql.pyutils.is_awaitable import is_async_iterable, is_awaitable

HERE = Path(__file__).parent
sys.path.append(str(HERE.parents[3]))
Plans: Any = import_module("graph.compiled").Plans
plain: Any = import_module("structs").plain  # beside this file, by PYTHONPATH

REPORT = Path(os.environ["INSITECHART_TEST_UPSTREAM"])
PLAIN_EXECUTORS = (Executor, ExecutorThrowingOnIncremental, IncrementalExecutor)
_outcomes: dict[str, dict[str, Any]] = {}
_present: dict[str, Any] = {"plans": 0, "reasons": Counter()}
_plans: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
_numbers = count()
_reference = Executor.execute_operation


def _why_not(executor: Any) -> str | None:
    """Return what an executor was asked for that plans do not know, or None."""
    asked = {
        "an executor of the caller's": type(executor) not in PLAIN_EXECUTORS,
        "middleware": executor.middleware_manager is not None,
        "an abort signal": executor.abort_signal is not None,
        "hooks": executor.hooks is not None,
        "a field resolver of the caller's": executor.field_resolver is not default_field_resolver,
        "a type resolver of the caller's": executor.type_resolver is not default_type_resolver,
        "an is_awaitable of the caller's": executor.is_awaitable not in {is_awaitable, assume_not_awaitable},
        "an is_async_iterable of the caller's": executor.is_async_iterable
        not in {is_async_iterable, assume_not_async_iterable},
        "error propagation off": not executor.error_propagation,
    }
    return next((reason for reason, holds in asked.items() if holds), None)


def _execute_operation(executor: Any, serially: bool | None = None) -> Any:  # noqa: FBT001 - graphql-core's signature
    reason = _why_not(executor)
    plan = None
    if reason is None:
        if executor.schema not in _plans:
            _plans[executor.schema] = Plans(executor.schema, most=1_000)
        plans = _plans[executor.schema]
        before = Counter(plans.fallbacks)
        asked = (
            str(next(_numbers)),
            executor.operation,
            executor.fragment_definitions,
            executor.variable_values.coerced,
        )
        plan = plans.compile_now(*asked)
        reason = next(iter(plans.fallbacks - before), "no reason given")
    if plan is None:
        _present["reasons"][reason] += 1
        return _reference(executor, serially)
    _present["plans"] += 1
    result = plan.run(executor.root_value, executor.context_value, executor.variable_values, _wait)
    return _finished(result) if isawaitable(result) else _as_core(result)


async def _wait(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


async def _finished(result: Awaitable[Any]) -> ExecutionResult:
    return _as_core(await result)


def _as_core(result: Any) -> ExecutionResult:
    return ExecutionResult(plain(result.data), result.errors or None)


@pytest.fixture(autouse=True)
def _by_plans(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    _present["plans"], _present["reasons"] = 0, Counter()
    monkeypatch.setattr(Executor, "execute_operation", _execute_operation)
    yield
    _outcomes.setdefault(request.node.nodeid, {}).update(plans=_present["plans"], reasons=sorted(_present["reasons"]))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what a test came to; a failure of its fixtures counts as its own."""
    noted = _outcomes.setdefault(report.nodeid, {})
    if report.when == "call" or report.outcome != "passed":
        noted["outcome"] = report.outcome
        noted["why"] = str(report.longrepr)[-1_500:] if report.failed else ""


def pytest_sessionfinish() -> None:
    """Write the outcomes."""
    REPORT.write_text(json.dumps(_outcomes))
