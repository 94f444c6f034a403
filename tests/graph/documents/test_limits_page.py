"""The published page of limits: its table is the settings, its examples were run."""

import re
from pathlib import Path

import pytest

from graph.documents.admission import Documents
from graph.documents.refusal import Refusal
from graph.documents.request import OperationRequest
from graph.schema import build_schema
from ops.settings import Limits, Settings
from tests.catalogue import catalogue

PAGE = (Path(__file__).parents[3] / "docs" / "limits.md").read_text()
ROW = re.compile(r"^\| `([a-z_]+)` \| ([\d,]+) \| (.+?) \| `([A-Z_]+)` \|$", re.MULTILINE)
EXAMPLE = re.compile(r"```graphql\n(.+?)\n```\n> `([A-Z_]+)` (.+)")


def test_the_table_is_the_settings() -> None:
    """Names, defaults and descriptions are those of the settings, in their order, under codes that exist."""
    rows = ROW.findall(PAGE)
    assert [(name, bounds) for name, _, bounds, _ in rows] == [
        (name, field.description) for name, field in Limits.model_fields.items()
    ]
    assert [int(default.replace(",", "")) for _, default, _, _ in rows] == [
        field.default for field in Limits.model_fields.values()
    ]
    assert {code for *_, code in rows} <= {error.code for error in catalogue()}


@pytest.mark.parametrize(("query", "code", "message"), EXAMPLE.findall(PAGE))
def test_the_examples_say_what_is_said(query: str, code: str, message: str) -> None:
    """Each example is refused by the published schema with the message printed below it."""
    admits = Documents(build_schema(Settings())._schema, Limits(), introspection=False, suggestions=False)
    with pytest.raises(Refusal) as caught:
        admits.admit(OperationRequest(query), allow_mutations=False)
    assert [((error.extensions or {})["code"], error.message) for error in caught.value.errors] == [(code, message)]


def test_there_are_examples() -> None:
    """The pattern that finds them still does."""
    assert len(EXAMPLE.findall(PAGE)) >= 5
