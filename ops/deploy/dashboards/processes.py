"""What the processes take of their machines: memory, cores, files, tasks."""

from ops.deploy.charts import Chart, Query, Section
from ops.deploy.clock import MINUTE
from ops.deploy.queries import API, COLLECT, WORK, series
from ops.metrics import catalogue

_OURS = f'job=~"{API}|{WORK}|{COLLECT}"'
_OF_A_CORE = f"{MINUTE}s"
_LEGEND = "{{job}} {{instance}}"


def processes_row() -> Section:
    """Return a panel for each of them, by process."""
    cores = f"rate({series(catalogue.PROCESS_CPU, _OURS)}[{_OF_A_CORE}])"
    files = f"{series(catalogue.PROCESS_FILES, _OURS)} / {series(catalogue.PROCESS_MOST_FILES, _OURS)}"
    return Section(
        "Processes",
        (
            Chart(
                "Memory",
                "Resident, by process: what grows for hours on end is a leak.",
                "bytes",
                (Query(series(catalogue.PROCESS_MEMORY, _OURS), _LEGEND),),
                width=6,
            ),
            Chart(
                "Cores",
                "How much of one core each process takes; an API process has one event loop, so 100 % is its end.",
                "percentunit",
                (Query(cores, _LEGEND),),
                width=6,
            ),
            Chart(
                "Open files",
                "The share of the files and connections that a process may open.",
                "percentunit",
                (Query(files, _LEGEND),),
                width=6,
                most=1,
            ),
            Chart(
                "Tasks",
                "Of event loops, that have not ended.",
                "short",
                (Query(series(catalogue.TASKS, _OURS), _LEGEND),),
                width=6,
            ),
        ),
    )
