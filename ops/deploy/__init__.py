"""What watches the service, as code: dashboards, recording and alert rules, and the files of those who read them.

`python -m ops.deploy` writes all of it from the objectives of `ops.budgets`, with what development installs. Nothing
that serves imports this package. See docs/alerts.md.
"""
