"""Background work that nobody waits for: rows of a table, each led by one process at a time. See docs/jobs.md."""
