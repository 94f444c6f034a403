"""`insitechart score`: a text explained, with and without a database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from ops.cli import exits, main
from storage.terms import SCORER

TEXT = "$GME calls, to the moon!!🚀"


def run(tmp_path: Path, *arguments: str, data: str | bytes | None = None) -> Result:
    """Run the command where no embedded database has been."""
    return CliRunner().invoke(main, ["score", "--data-dir", str(tmp_path), *arguments], input=data)


def test_a_text_is_explained(tmp_path: Path) -> None:
    """What was read, the score and its class, the model, the stock with its tier, every word with its weight."""
    result = run(tmp_path, TEXT)
    assert result.exit_code == exits.DONE
    for part in ("$gme calls [to the moon] 🚀", "positive", SCORER, "cashtag $GME", "calls", "+3.20"):
        assert part in result.stdout
    assert "only cashtags are taken for stocks" in result.stderr


def test_lines_of_standard_input_become_json(tmp_path: Path) -> None:
    """One object a line, empty lines left out; a line that is no text is named, and the exit code tells."""
    result = run(tmp_path, "-", "--json", data=f"{TEXT}\n\nCosts rose.\n".encode() + b"\xff\n")
    assert result.exit_code == exits.FAILED
    first, second = map(json.loads, result.stdout.splitlines())
    assert [each["symbol"] for each in first["tickers"]] == ["GME"]
    assert first["evidence"][1] == {"word": "to the moon", "weight": 3.2}
    assert (second["label"], second["tickers"]) == ("negative", [])
    assert "line 4: not UTF-8" in result.stderr


def test_an_empty_text_and_markup_are_texts(tmp_path: Path) -> None:
    """Nothing to read is neutral; square brackets are words, not colours."""
    assert "neutral" in run(tmp_path, "").stdout
    assert "bold red" in run(tmp_path, "[bold] red [/bold]").stdout.replace("[", "").replace("]", "")


def test_a_text_beyond_the_bound_is_refused(tmp_path: Path) -> None:
    """The length of the longest post that intake takes, with the number in the message."""
    result = run(tmp_path, "x" * 40_001)
    assert (result.exit_code, "40,001 characters" in result.stderr) == (exits.USAGE, True)


def test_a_database_that_is_away_is_said_and_done_without(tmp_path: Path) -> None:
    """The words need no database, so the score comes all the same."""
    result = run(tmp_path, TEXT, "--database-url", "postgresql://nobody@127.0.0.1:1/none")
    assert result.exit_code == exits.DONE
    assert "unreachable: only cashtags" in result.stderr


@pytest.mark.parametrize("named", [True, False])
def test_listed_stocks_come_from_the_database(
    plain_database_url: SecretStr | str, tmp_path: Path, *, named: bool
) -> None:
    """A migrated database without stocks lists none; with one, a bare symbol is found."""
    url = plain_database_url.get_secret_value() if isinstance(plain_database_url, SecretStr) else plain_database_url
    if named:
        stocks = tmp_path / "stocks.csv"
        stocks.write_text("symbol,name\nGME,GameStop Corp.\nNVDA,NVIDIA Corporation\n")
        assert (
            CliRunner().invoke(main, ["import", "stocks", str(stocks), "--database-url", url]).exit_code == exits.DONE
        )
    result = run(tmp_path, "Bought NVDA today", "--database-url", url)
    assert result.exit_code == exits.DONE
    assert ("NVDA" in result.stdout.split("model")[1].split("word")[0]) == named
    assert ("lists no stock" in result.stderr) == (not named)
