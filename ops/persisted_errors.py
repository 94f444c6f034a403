"""The branch of the error catalogue for documents that are named by a hash or an id instead of being sent."""

from ops.errors import RequestError


class PersistedQueryNotSupported(RequestError):
    """The client sent a persisted-query hash without the query, and persisted queries are off."""

    code = "PERSISTED_QUERY_NOT_SUPPORTED"
    status = 200  # Apollo Client retries with the full text only when it can read the error as a result


class PersistedQueryNotFound(RequestError):
    """No document is known under the hash; send it once more with the query beside it."""

    code = "PERSISTED_QUERY_NOT_FOUND"
    status = 200  # as above


class PersistedQueryMismatch(RequestError):
    """The hash is not the SHA-256 of the query beside it."""

    code = "PERSISTED_QUERY_MISMATCH"


class DocumentNotFound(RequestError):
    """No document is registered under the id or name."""

    code = "DOCUMENT_NOT_FOUND"
    status = 404


class DocumentNotTrusted(RequestError):
    """Only registered documents run here, and this one is not."""

    code = "DOCUMENT_NOT_TRUSTED"
    status = 403
