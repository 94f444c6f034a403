"""Whose turn it is: each kind of request as often as its weight says, in an order that is mixed and always the same."""

from collections.abc import Iterator, Sequence
from random import Random

from ops.load.mix import Request

_SEED = 20_260_102


def turns(requests: Sequence[Request]) -> Iterator[Request]:
    """Yield requests without end: in every stretch as long as the sum of the weights, each as often as it weighs."""
    stretch = [request for request in requests for _ in range(request.weight)]
    random = Random(_SEED)  # noqa: S311  a load that can be repeated
    while True:
        random.shuffle(stretch)
        yield from stretch
