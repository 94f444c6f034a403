"""Tracing: W3C context in and out, spans made from the records of what has ended, and their way to a collector.

A request pays for its place in a trace and for a decision. Spans are made after the answer, in a thread of their own,
and only of operations that are sampled, failed or broke their budget: the record alone decides.
"""

from ops.tracing.begun import Tracing, TracingHooks
from ops.tracing.opening import open_tracing
from ops.tracing.records import ExternalCall
from ops.tracing.trace_context import outgoing

__all__ = ["ExternalCall", "Tracing", "TracingHooks", "open_tracing", "outgoing"]
