"""Registered documents are checked and compiled before anybody asks for them: their first use is a quick one."""

from collections.abc import Callable

import structlog

from graph.compiled import Plans
from graph.documents.library import Library
from graph.documents.refusal import Refusal
from graph.documents.registered import RegisteredDocument

log = structlog.get_logger()


def preparing(library: Library, plans: Plans) -> Callable[[RegisteredDocument], None]:
    """Return what prepares one document. One that fits this program no more is logged; its clients are told so."""

    def prepare(document: RegisteredDocument) -> None:
        try:
            checked = library.check(document)
            for operation in checked.operations.values():
                plans.compile_now(checked.digest, operation, checked.fragments, {})
        except Refusal as refused:
            log.warning("registered_document_refused", document=document.id, reason=str(refused))
        except Exception as error:
            log.exception("registered_document_not_prepared", document=document.id, kind=type(error).__name__)

    return prepare
