"""Documents: from the bytes a client sent to an operation that may run.

`request` reads bytes into requests, `admission` turns a request into an admitted operation or a refusal. Nothing here
waits, resolves a field or touches a store: all of it is bounded work on untrusted text.
"""
