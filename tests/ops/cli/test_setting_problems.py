"""Wrong settings: one line each, with the variable, what would be right, and what was given unless it may be secret."""

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from ops.cli import exits, main
from ops.settings import Settings

NAME = "INSITECHART_"


def told(monkeypatch: pytest.MonkeyPatch, *arguments: str, **environment: str) -> list[str]:
    """Return the lines after "Error: " of a command under these settings; names lack their prefix."""
    for name, value in environment.items():
        monkeypatch.setenv(NAME + name, value)
    result = CliRunner().invoke(main, arguments or ("jobs",))
    assert result.exit_code == exits.USAGE, result.output
    return result.stderr.partition("Error: ")[2].splitlines()


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("PORT", "many", "PORT: a whole number, at least 0 and at most 65535, is expected; 'many' is given"),
        ("REDIS_POOL", "0", "REDIS_POOL: a whole number, at least 1 and at most 200, is expected; '0' is given"),
        ("DEADLINE_BODY", "nan", "DEADLINE_BODY: a number, above 0 and at most 86400, is expected; 'nan' is given"),
        ("LIMIT_COST", "", "LIMIT_COST: a whole number, at least 1, is expected; '' is given"),
        ("PGBOUNCER", "maybe", "PGBOUNCER: true or false is expected; 'maybe' is given"),
        ("DOCUMENTS", "closed", "DOCUMENTS: one of open, automatic, trusted is expected; 'closed' is given"),
        ("PORT", "\x1b[31m1", "PORT: a whole number, at least 0 and at most 65535, is expected; '\\x1b[31m1' is given"),
        ("PORT", "9" * 99, f"PORT: a whole number, at least 0 and at most 65535, is expected; '{'9' * 59}…' is given"),
        (
            "CORS_ORIGINS",
            "http://a",
            """CORS_ORIGINS: JSON is expected; a list is written as '["first", "second"]'; 'http://a' is given""",
        ),
        ("CORS_ORIGINS", "3", "CORS_ORIGINS: a JSON list is expected; '3' is given"),
        ("CORS_ORIGINS", '["*", "http://a"]', "CORS_ORIGINS: '*' allows every origin; list it alone, or list the"),
        ("YAHOO_WIDTHS", '["1h", "2h"]', "YAHOO_WIDTHS, item 2: one of 1m, 1h, 1d is expected; '2h' is given"),
        ("METRICS_HOST", "", "METRICS_HOST: a text of at least 1 character is expected; '' is given"),
        ("TRACING_SERVICE_NAME", "", "TRACING_SERVICE_NAME: a text of 1 to 255 characters is expected; '' is given"),
        ("TRACING_HOSTS", '["a.b", "http://a"]', "TRACING_HOSTS: item 2: a host is expected without scheme, port and"),
        ("TRACING_HOSTS", '["a.b:80"]', "TRACING_HOSTS: item 1: a host is expected without scheme, port and path, as"),
        ("BUDGETS", "", "BUDGETS: the name of a file is expected, or no such variable for the shipped file; '' is"),
        ("BUDGETS", "/no/such", "BUDGETS: /no/such: cannot be read: No such file or directory"),
        ("X_QUERY", "a" * 513, "X_QUERY: a text of at most 512 characters is expected; 'aaa"),
        ("LIMITS", "3", "LIMITS: a JSON object, or one variable for each of it, as INSITECHART_LIMIT_BODY_BYTES, is"),
        ("LIMITS", "x", "LIMITS: a JSON object, or one variable for each of it, as INSITECHART_LIMIT_BODY_BYTES, is"),
        ("LIMITS", '{"csot": 3}', "LIMITS: it has no 'csot'; did you mean 'cost'?"),
        ("CACHE", '{"rows": 3}', "CACHE, its 'rows': true or false is expected; '3' is given"),
    ],
)
def test_a_line_says_what_would_be_right(monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str) -> None:
    """In our words, with bounds, whatever the setting's type, and nothing that a terminal would obey."""
    (found,) = told(monkeypatch, **{name: value})
    assert found.startswith(NAME + line)


def test_all_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every group, a line each, so that one run shows all there is to correct; flags go by their own name."""
    wrong = {"PORT": "many", "LIMIT_COST": "0", "LIMIT_DEPTH": "x", "CACHE_LEASE": "0", "NEWS_FEEDS": "x"}
    lines = told(monkeypatch, "jobs", "--redis-url", "http://h", **wrong)
    assert lines[0] == "6 settings do not fit:"
    assert {line.split(":")[0].strip() for line in lines[1:]} == {*(NAME + name for name in wrong), "--redis-url"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://me:hunter2@h/x"),
        ("REDIS_URL", "hunter2"),
        ("NEWS_FEEDS", '["ftp://hunter2"]'),
        ("NEWS_FEEDS", "hunter2"),
        ("NEWS_FEEDS", '[["hunter2"]]'),
        ("NEWS", '{"feeds": ["hunter2"]}'),
        ("X_BEARER_TOKEN", "hunter2 \u00e4"),
        ("YAHOO_URL", "http://me:hunter2@proxy"),
    ],
)
def test_a_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Neither by the command nor by the settings themselves, whose error a server may log."""
    (line,) = told(monkeypatch, **{name: value})
    assert line.startswith(NAME + name)
    assert "hunter2" not in line
    if value[0] != "h" or name == "REDIS_URL":
        with pytest.raises(ValidationError) as caught:
            Settings()
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("words", ["schema export", "schema plans", "doctor", "cache stats", "documents list"])
def test_no_command_shows_a_traceback(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """Each reads its settings in the same way."""
    assert told(monkeypatch, *words.split(), PORT="many") == [
        "INSITECHART_PORT: a whole number, at least 0 and at most 65535, is expected; 'many' is given"
    ]


def test_a_group_as_json_stands_beside_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is right is read as before: JSON first, then a group's own variables, in any case of letters."""
    monkeypatch.setenv("insitechart_limits", '{"cost": 0}')
    (line,) = told(monkeypatch, LIMIT_DEPTH="3")
    assert line == "INSITECHART_LIMITS, its 'cost': a whole number, at least 1, is expected; '0' is given"
