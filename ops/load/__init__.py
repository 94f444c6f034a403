"""An open-model load on a running server, and the judgement of what came of it by the objectives.

Requests come at a constant rate whether or not earlier ones came back, as readers' requests do, and a request's time
counts from the instant at which it was due: a server that stalls is seen to be late for all that came meanwhile. See
docs/budgets.md.
"""
