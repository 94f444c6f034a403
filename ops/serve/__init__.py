"""The API as a process: uvicorn with bounded connections, and an end within the drain deadline."""

from ops.serve.run import CannotServe, run

__all__ = ["CannotServe", "run"]
