"""Documents: from the bytes a client sent to an operation that may run.

`request` reads bytes into requests, `library` finds the documents that requests only name, `admission` turns a request
into an admitted operation or a refusal. Admission neither waits nor resolves a field nor touches a store: it is bounded
work on untrusted text.
"""
