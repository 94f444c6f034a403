"""A compiled, breadth-first executor for GraphQL schemas, Strawberry's above all.

A document becomes a plan once; a plan resolves each field path once, for all parents of that path together, and builds
msgspec Structs that encode as graphql-core's dictionaries would. Whatever the compiler does not know runs on
graphql-core, the whole operation. This package knows the standard library, graphql-core, Strawberry and msgspec only.
"""

from graph.compiled.plan import Plan, Result
from graph.compiled.plans import Plans
from graph.compiled.resolution import BATCH
from graph.compiled.timing import TimedField, Timing
from graph.compiled.versions import check_versions

check_versions()

__all__ = ["BATCH", "Plan", "Plans", "Result", "TimedField", "Timing"]
