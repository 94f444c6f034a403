"""Fields that resolve a column at a time: one declaration, from which the resolver of one object comes too.

A column function takes all objects of one place in the answer and returns as many values in their order, or an
awaitable of them; a value that is an exception fails its own object only. An executor that goes breadth first finds
the function as `metadata["batch"]` and calls it once per place; graphql-core calls the resolver that is made of it
once per object. Both ask the same loader, so both give the same answer.
"""

from asyncio import Future
from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any, TypeVar

import strawberry
from strawberry.types.fields.resolver import Parameter, Signature

from loaders.batch import holds_failure
from resolvers.info import Info

Column = list[Any] | Awaitable[list[Any]]
Parent = TypeVar("Parent")

BATCH = "batch"
"""The key of a field's metadata under which executors look for its column function."""


def batched(
    column: Callable[..., Column], *, description: str, name: str | None = None, directives: Sequence[object] = ()
) -> Any:
    """Declare a field by its column function, whose parameters are the parents, the info, then the arguments."""
    return strawberry.field(
        resolver=_of_one(column),
        description=description,
        name=name,
        directives=directives,
        metadata={BATCH: column},
    )


def published(
    parents: Sequence[Parent], answers: Column, make: Callable[[Sequence[Parent], Sequence[Any]], list[Any]]
) -> Column:
    """Return what `make` makes of parents and their answers, both in order; failures stay as they are."""
    if isinstance(answers, list):
        return _made(parents, answers, make)
    if isinstance(answers, Future):
        return _Published(parents, answers, make)
    return _made_later(parents, answers, make)


async def settled(answers: Column) -> list[Any]:
    """Return a column's values, awaited where they have to be."""
    return answers if isinstance(answers, list) else await answers


def _made(
    parents: Sequence[Parent], answers: list[Any], make: Callable[[Sequence[Parent], Sequence[Any]], list[Any]]
) -> list[Any]:
    if not holds_failure(answers):
        return make(parents, answers)
    pairs = zip(parents, answers, strict=True)
    sound = [(parent, answer) for parent, answer in pairs if not isinstance(answer, Exception)]
    values = iter(make([parent for parent, _ in sound], [answer for _, answer in sound]))
    return [answer if isinstance(answer, Exception) else next(values) for answer in answers]


class _Published:
    """What will be made of answers that are under way; executors ask it as they would ask a future."""

    __slots__ = ("_answers", "_make", "_parents")

    def __init__(
        self,
        parents: Sequence[Any],
        answers: "Future[list[Any]]",
        make: Callable[[Sequence[Any], Sequence[Any]], list[Any]],
    ) -> None:
        self._parents = parents
        self._answers = answers
        self._make = make

    def __await__(self) -> Generator[Any, None, list[Any]]:
        answers = yield from self._answers
        return _made(self._parents, answers, self._make)

    def done(self) -> bool:
        """Tell whether the answers are there."""
        return self._answers.done()

    def add_done_callback(self, told: Callable[[Any], object]) -> None:
        """Have something called when the answers are there, which may be long before anybody awaits them."""
        self._answers.add_done_callback(told)


async def _made_later(
    parents: Sequence[Parent],
    answers: Awaitable[list[Any]],
    make: Callable[[Sequence[Parent], Sequence[Any]], list[Any]],
) -> list[Any]:
    return _made(parents, await answers, make)


def _of_one(column: Callable[..., Column]) -> Callable[..., Any]:
    """Make the resolver of a single object, with the signature that Strawberry reads arguments from."""

    def resolve(root: Any, info: Info, **arguments: Any) -> Any:
        answers = column([root], info, **arguments)
        return _only(answers) if isinstance(answers, list) else _only_later(answers)

    parameters = list(Signature.from_callable(column).parameters.values())[2:]
    place = Parameter.POSITIONAL_OR_KEYWORD
    resolve.__signature__ = Signature(  # type: ignore[attr-defined]  # inspect looks for it on any function
        [Parameter("root", place, annotation=Any), Parameter("info", place, annotation=Info), *parameters]
    )
    resolve.__module__ = column.__module__
    resolve.__name__ = column.__name__
    return resolve


def _only(answers: list[Any]) -> Any:
    (answer,) = answers
    if isinstance(answer, Exception):
        raise answer
    return answer


async def _only_later(answers: Awaitable[list[Any]]) -> Any:
    return _only(await answers)
