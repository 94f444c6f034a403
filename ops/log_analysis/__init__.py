"""What log lines tell, over all of them: errors, times, slow statements, caches, external APIs, and what rises.

Lines are read by DuckDB where they lie. What is no line of ours, torn, or hostile is counted, and ends nothing.
See docs/logs.md.
"""

from ops.log_analysis.analysis import Analysis, Unanswered, analyze
from ops.log_analysis.sources import NotThere
from ops.log_analysis.window import BadMoment, Window, moment

__all__ = ["Analysis", "BadMoment", "NotThere", "Unanswered", "Window", "analyze", "moment"]
