"""The command `insitechart`. A command's module is imported only when that command runs, so help is quick."""

import click

from ops.cli.commands import LazyGroup

COMMANDS = {
    "serve": ("ops.cli.serve", "Serve the API; without servers named, start embedded ones with demo data."),
    "migrate": ("ops.cli.migrate", "Bring the database's schema up to date, or check whether it is."),
    "import": ("ops.cli.importing", "Import stocks, prices or posts from CSV or JSON lines."),
    "collect": ("ops.cli.collect", "Collect prices, posts and news, or play a recorded feed."),
    "work": ("ops.cli.work", "Score and store what was collected, and run background jobs."),
    "cache": ("ops.cli.cache", "Show, warm or empty the caches of running processes."),
    "queues": ("ops.cli.queues", "Show what waits on the intake, since when, and who works on it."),
    "dead-letters": ("ops.cli.dead_letters", "List, retry or drop items that could not be processed."),
    "demo": ("ops.cli.demo", "Load the simulated market, or top it up to now."),
    "jobs": ("ops.cli.jobs", "List background jobs, or make one due now."),
    "evaluate": ("ops.cli.evaluate", "Compare sentiment scores with the labels of a CSV file."),
    "score": ("ops.cli.score", "Explain the score of a text: tickers, words and weights."),
    "documents": ("ops.cli.documents", "Register the documents of clients, list and check them."),
    "budget": ("ops.cli.budget", "Hold a server to its latency objectives under load."),
    "logs": ("ops.cli.logs", "Analyze log lines, or write what ships and indexes them."),
    "schema": ("ops.cli.schema", "Export the GraphQL schema, or check it for breaking changes."),
    "profile": ("ops.cli.profile", "Record a flame graph of a running server without stopping it."),
    "doctor": ("ops.cli.doctor", "Say which servers are there, what is missing, and what to do."),
}

EPILOG = """\b
Every setting is a variable INSITECHART_…; flags win over variables.
--database-url, --redis-url and --data-dir fit every command.

\b
Exit codes: 0 done; 1 a check failed or some work could not be done;
2 wrong usage; 69 a server is not there; 130 interrupted.

\b
Examples:
  insitechart serve
  insitechart import prices bars.csv --create-stocks
  insitechart serve --database-url postgresql://user@host/stocks --redis-url redis://host
"""


@click.group(cls=LazyGroup, sources=COMMANDS, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="insitechart", message="%(prog)s %(version)s")
def main() -> None:
    """Stock search and social sentiment as one GraphQL API."""
