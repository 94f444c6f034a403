"""What fields cost, in the terms of the cost specification: one per object, weights for work, sizes for lists."""

from resolvers.arguments import DEFAULT_PAGE, DEFAULT_SERIES_PAGE
from resolvers.directives import Cost, ListSize
from storage.terms import Source

PAGE = ListSize(
    assumed_size=DEFAULT_PAGE,
    slicing_arguments=["first", "last"],
    sized_fields=["edges", "nodes"],
    require_one_slicing_argument=False,
)
SERIES_PAGE = ListSize(
    assumed_size=DEFAULT_SERIES_PAGE,
    slicing_arguments=["first", "last"],
    sized_fields=["edges", "nodes"],
    require_one_slicing_argument=False,
)
LAGS = ListSize(assumed_size=21, require_one_slicing_argument=False)
"""Up to ten days either way, and none."""

SOURCES = ListSize(assumed_size=len(Source), require_one_slicing_argument=False)
WORDS = ListSize(assumed_size=10, require_one_slicing_argument=False)
"""Few posts have more words that VADER knows."""

COUNT = Cost(weight="5")
"""A count may read more than a page does."""

HEAVY = Cost(weight="25")
"""Work over many rows for one object: a snapshot, all sectors."""

DEAR = Cost(weight="50")
"""Some 20 ms of the process's own time for one object: a correlation of a year, a series of full length."""
