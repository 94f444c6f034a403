"""Lines that are torn, foreign or hostile: counted, told of, and never the end of an analysis."""

import gzip
import json
import os
import threading
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.log_analysis import NotThere, Window, analyze
from tests.ops.log_analysis.lines import NOW, analyzed, files, line, operation

GOOD = operation()
TORN = GOOD[: len(GOOD) // 2]
NGINX = b'10.0.0.1 - - [23/Nov/2026:14:00:00 +0000] "GET / HTTP/1.1" 200 612 "-" "curl/8"'

UNREADABLE = {
    "torn": TORN,
    "nginx": NGINX,
    "nul": b"\0\0" + GOOD[:-1],
    "invalid UTF-8": b'{"event":"\xff\xc3\x28"}',
    "two in one": GOOD[:-1] + GOOD[:-1],
    "half a surrogate pair": b'{"event":"operation","name":"\\ud800"}',
    "control characters": b'{"event":"a\x01\x1b[31m"}',
    "a million brackets": b"[" * 1_000_000,
    "binary": bytes(range(1, 10)) + bytes(range(11, 256)),
}
FOREIGN = {
    "another program's": b'{"msg":"hello","ts":1763906400}',
    "an array": b"[1,2]",
    "null": b"null",
    "a number": b"1e999",
    "no time": b'{"event":"operation","kind":"query"}',
    "odd time": line(timestamp="yesterday"),
    "time of another type": line(timestamp=[1]),
    "endless time": line(timestamp="infinity"),
    "long ago": line(timestamp="0001-01-01 (BC) 00:00:00"),
    "deep objects": b'{"event":' * 20_000 + b"1" + b"}" * 20_000,
}
OURS = {
    "twice the same member": GOOD[:-2] + b',"name":"Other","status":"x"}',
    "numbers beyond": operation(milliseconds=10**400, status=2**70, misses=2**62, memory_hits=-5),
    "other types": operation(milliseconds={"a": 1}, codes="X", slow=7, phases=[1], kept="maybe", status=[200]),
    "lists of lists": operation(codes=[["X"], None, {"a": 1}], slow=[1, None, {"name": {}, "milliseconds": "x"}]),
    "endless event": line(event="x" * 1_000_000),
    "escapes": operation(name="\x1b[31m\0\u2028\u202e", codes=["\x07"]),
}


@pytest.mark.parametrize("odd", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_json_is_counted(odd: bytes, tmp_path: Path) -> None:
    """The lines before and after it are read."""
    read = analyzed(tmp_path, GOOD, odd, b"\n", GOOD).read
    assert (read.lines, read.unreadable, read.foreign, read.within) == (3, 1, 0, 2)


@pytest.mark.parametrize("odd", FOREIGN.values(), ids=FOREIGN)
def test_json_of_other_programs_is_counted(odd: bytes, tmp_path: Path) -> None:
    """JSON without an event or a time that can be is none of ours."""
    read = analyzed(tmp_path, GOOD, odd.rstrip(b"\n"), b"\n", GOOD).read
    assert (read.lines, read.unreadable, read.foreign, read.within) == (3, 0, 1, 2)


@pytest.mark.parametrize("odd", OURS.values(), ids=OURS)
def test_odd_values_in_lines_of_ours_spoil_no_figure(odd: bytes, tmp_path: Path) -> None:
    """A value of another type is none, a number beyond all bounds is no time, and the report can be written."""
    found = analyzed(tmp_path, GOOD, odd.rstrip(b"\n"), b"\n", GOOD)
    assert (found.read.lines, found.read.within) == (3, 3)
    page = next(each for each in found.operations.rows if each.name == "Page")
    assert (page.p50, page.longest) == (1.0, 1.0)
    assert all(each.asked in {0, 2, 3} for each in found.caches)
    assert json.loads(msgspec.json.encode(found))["read"]["within"] == 3


def test_a_line_of_fifty_megabytes_is_left_out_and_counted(tmp_path: Path) -> None:
    """DuckDB gives up the whole file: it is read again from a copy without that line. A line of 7 MB is read."""
    long, bearable = line(event="x" * 50_000_000), line(event="y" * 7_000_000)
    read = analyzed(tmp_path, GOOD, long, GOOD, bearable, long).read
    assert (read.lines, read.too_long, read.within, read.unreadable) == (5, 2, 3, 0)


def test_gzip_is_told_by_its_beginning_and_may_break_off(tmp_path: Path) -> None:
    """Whatever the file is called; of one that is cut, or broken, everything before is read."""
    whole = gzip.compress(GOOD * 50_000)
    other = gzip.compress(b"".join(operation(milliseconds=ago + 0.5) for ago in range(50_000)))
    names = files(tmp_path, [whole, other[: len(other) // 2]])
    read = analyze(names, Window(NOW)).read
    assert read.broken == (names[1],)
    assert 60_000 < read.within < 100_000
    assert analyze(names[:1], Window(NOW)).read.within == 50_000


def test_a_zstd_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """It would be read as binary rubbish."""
    [name] = files(tmp_path, [b"\x28\xb5\x2f\xfd rest"])
    with pytest.raises(NotThere, match="zstd -dc FILE"):
        analyze([name], Window(NOW))


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    """As shells give it for `<(...)`."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(GOOD * 5 + TORN), daemon=True)
    writer.start()
    read = analyze([str(pipe)], Window(NOW)).read
    writer.join()
    assert (read.within, read.unreadable) == (5, 1)


@pytest.mark.parametrize("name", ["a*b[1]?.log", "it's.log", "ä ö.log", "$HOME.log"])
def test_odd_names_of_files_are_read_as_they_are(name: str, tmp_path: Path) -> None:
    """They are neither patterns nor SQL."""
    (tmp_path / name).write_bytes(GOOD)
    assert analyze([str(tmp_path / name)], Window(NOW)).read.within == 1


def test_a_file_that_two_patterns_fit_is_read_once(tmp_path: Path) -> None:
    """`api.log 'api.log*'` doubles no figure."""
    names = files(tmp_path, [GOOD, GOOD])
    read = analyze([names[0], str(tmp_path / "*.log"), str(tmp_path / "**/api.1*")], Window(NOW)).read
    assert (read.files, read.within) == (2, 2)


@settings(max_examples=25)
@given(parts=st.lists(st.sampled_from([GOOD, TORN + b"\n", NGINX + b"\n", b"\n", b"\r\n", b"null\n", b"\xff\n"])))
def test_any_mixture_of_lines_is_counted_exactly(parts: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    """A torn line takes none of its neighbours with it."""
    read = analyzed(tmp_path_factory.mktemp("mixed"), *parts).read
    assert read.within == parts.count(GOOD)
    assert read.unreadable == sum(parts.count(odd) for odd in (TORN + b"\n", NGINX + b"\n", b"\xff\n"))
    assert read.foreign == parts.count(b"null\n")


def test_lines_are_counted_alike_at_the_borders_of_what_is_read_at_once(tmp_path: Path) -> None:
    """Some 60 MB, in which every thousandth line is torn and every thousandth foreign."""
    some = [operation(client="x" * (number % 997)) for number in range(1_000)]
    some[500], some[700] = TORN + b"\n", json.dumps({"x": "y" * 5_000}).encode() + b"\n"
    read = analyzed(tmp_path, *(some * 90)).read
    assert (read.lines, read.within, read.unreadable, read.foreign) == (90_000, 90_000 - 180, 90, 90)
