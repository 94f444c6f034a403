"""What fields cost, in the terms of the cost specification: one per object, weights for work, sizes for lists."""

from resolvers.arguments import DEFAULT_PAGE, DEFAULT_SERIES_PAGE
from resolvers.directives import Cost, ListSize

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
COUNT = Cost(weight="5")
"""A count may read more than a page does."""

HEAVY = Cost(weight="25")
"""Work over many rows for one object: a correlation, a whole series, a snapshot."""
