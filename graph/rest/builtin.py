"""The documents that ship with the program: the files in `documents/`, each with an operation of the file's name."""

from pathlib import Path

from graph.documents.registered import RegisteredDocument, registered

STOCK_DETAILS = "StockDetails"
STOCK_BATCH = "StockBatch"
_FOLDER = Path(__file__).parent / "documents"


def builtin_documents() -> tuple[RegisteredDocument, ...]:
    """Read them; the name of an operation is its document's id and name."""
    files = sorted(_FOLDER.glob("*.graphql"))
    return tuple(registered(file.stem, file.stem, file.read_text("utf-8"), builtin=True) for file in files)
