"""The file of a load: what ships asks for every query there is, and what is not plain is refused by name."""

import re
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, OperationType, parse

from graph.rest.builtin import builtin_documents
from ops.load.mix import SHIPPED, LoadError, read_mix
from ops.load.turns import turns

ROOT = Path(__file__).parents[3]
HEAD = 'documents = "."\n[stocks]\noperation = "Stocks"\n'


def written(folder: Path, requests: str, head: str = HEAD) -> Path:
    """Write a load beside two documents."""
    (folder / "stocks.graphql").write_text("query Stocks { stocks { nodes { id symbol } } }")
    (folder / "follow.graphql").write_text("subscription Follow { mentionAdded(symbols: []) { cursor } }")
    path = folder / "load.toml"
    path.write_text(head + requests)
    return path


def test_the_shipped_load_asks_for_every_query() -> None:
    """Whatever document ships is under load, so that each of its budgets is judged; subscriptions are not."""
    texts = [file.read_text("utf-8") for file in (ROOT / "clients" / "operations").glob("*.graphql")]
    texts += [document.text for document in builtin_documents()]
    queries = {
        node.name.value
        for text in texts
        for node in parse(text).definitions
        if isinstance(node, OperationDefinitionNode) and node.operation is OperationType.QUERY and node.name
    }
    assert set(read_mix().requests) == queries


def test_each_has_its_turn_as_often_as_it_weighs(tmp_path: Path) -> None:
    """In every stretch, in a mixed order that is the same in every run."""
    mix = read_mix()
    requests = list(mix.requests.values())
    length = sum(request.weight for request in requests)
    for each in (turns(requests), turns(requests)):
        for _ in range(3):
            drawn = [next(each).operation for _ in range(length)]
            assert {name: drawn.count(name) for name in mix.requests} == {
                name: request.weight for name, request in mix.requests.items()
            }
    first, second = turns(requests), turns(requests)
    orders = [next(first).operation for _ in range(length)], [next(second).operation for _ in range(length)]
    assert orders[0] == orders[1] != sorted(orders[0])


def test_some_operations_alone(tmp_path: Path) -> None:
    """A choice keeps the others out; a name that is not there is refused with what was meant."""
    assert list(read_mix().only(["Chart", "StockPage"]).requests) == ["Chart", "StockPage"]
    with pytest.raises(LoadError, match="'StockPag'; did you mean StockPage"):
        read_mix().only(["StockPag"])


@pytest.mark.parametrize(
    ("requests", "told"),
    [
        ("", "the file: Object missing required field `requests`"),
        ("[requests]", "the file: Expected `object` of length >= 1"),
        ("[requests.Stock]", "requests.Stock: no query is named 'Stock'; did you mean Stocks?"),
        ("[requests.Follow]", "requests.Follow: no query is named 'Follow'"),
        ("[requests.Stocks]\nweight = 0", "requests.Stocks: Expected `int` >= 1"),
        ("[requests.Stocks]\nwait = 1", "requests.Stocks: Object contains unknown field `wait`"),
        ("[requests.Stocks]\nbody = {}", "requests.Stocks: variables are wanted, or get"),
        ('[requests.A]\nget = "/a"\npost = "/a"', "requests.A: variables are wanted, or get"),
        ('[requests.A]\npost = "/a"', "requests.A: variables are wanted, or get"),
        ('[requests.A]\nget = "a"', "requests.A: Expected `str` matching regex"),
        ('[requests.A]\nget = "/a/{simbol}"', "requests.A: '{simbol}' is no blank; a text in braces is {symbol}"),
        ('[requests.Stocks]\nvariables = { a = ["{ids}"] }', "requests.Stocks: '{ids}' is no blank"),
        ("[requests.Stocks", "Expected ']'"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, requests: str, told: str) -> None:
    """The message has the file, the key, and what would be right."""
    path = written(tmp_path, requests)
    with pytest.raises(LoadError, match=re.escape(told)) as raised:
        read_mix(path)
    assert str(raised.value).startswith(f"{path}: ")


def test_documents_must_be_there_and_readable(tmp_path: Path) -> None:
    """An empty folder, a document that is none, and a load that is not there."""
    path = written(tmp_path, "[requests.Stocks]", HEAD.replace('"."', '"none"'))
    with pytest.raises(LoadError, match=r"documents: .* holds no"):
        read_mix(path)
    (tmp_path / "torn.graphql").write_text("query {")
    with pytest.raises(LoadError, match=r"torn\.graphql: Syntax Error"):
        read_mix(written(tmp_path, "[requests.Stocks]"))
    with pytest.raises(LoadError, match=r"nothing\.toml: cannot be read: No such file"):
        read_mix(tmp_path / "nothing.toml")


def test_the_shipped_file_stands_beside_its_reader() -> None:
    """Its documents are found from there, in a clone and in a container."""
    assert SHIPPED.is_file()
