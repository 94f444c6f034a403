"""Log lines on their way to an index: what is declared is indexed, and rsyslog takes every line there."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ops.cli import main
from ops.deploy.log_shipping import STREAM, index_template, shipping, write_shipping
from ops.log_fields import EVERY_LINE, FIELDS
from tests.ops.log_analysis.lines import line, operation

RSYSLOGD = shutil.which("rsyslogd", path="/usr/sbin:/usr/bin")
MODULES = Path("/usr/lib/x86_64-linux-gnu/rsyslog/omelasticsearch.so")
DEADLINE = 20.0


class Index(ThreadingHTTPServer):
    """Stands for Elasticsearch: takes bulk requests, and keeps what they bring by its id."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Bulk)
        self.documents: dict[str, dict[str, Any]] = {}
        self.actions: list[dict[str, Any]] = []


class Bulk(BaseHTTPRequestHandler):
    """Answers as the bulk API does."""

    server: Index

    def do_GET(self) -> None:
        """Say that it is there."""
        self._answer({})

    def do_POST(self) -> None:
        """Store documents."""
        lines = self.rfile.read(int(self.headers["content-length"])).splitlines()
        for action, document in zip(lines[::2], lines[1::2], strict=True):
            self.server.actions.append(json.loads(action)["create"])
            self.server.documents[self.server.actions[-1]["_id"]] = json.loads(document)
        self._answer({"errors": False, "items": [{"create": {"status": 201}} for _ in lines[::2]]})

    def _answer(self, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def index() -> Iterator[Index]:
    """Give an index that runs."""
    with Index() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def test_every_field_is_indexed_under_one_type() -> None:
    """A name means the same in all lines; `timestamp` has the name that data streams ask for."""
    fields = [*EVERY_LINE, *(field for kind in FIELDS.values() for field in kind)]
    assert len({(field.name, field.type) for field in fields}) == len({field.name for field in fields})
    mappings = index_template()["template"]["mappings"]
    indexed = set()
    for name, mapping in mappings["properties"].items():
        indexed |= {f"{name}.{member}" for member in mapping["properties"]} if "properties" in mapping else {name}
    assert indexed == {field.name for field in fields} - {"timestamp"} | {"@timestamp"}
    assert mappings["dynamic"] is False


def test_the_command_writes_what_is_kept_with_the_code(tmp_path: Path) -> None:
    """And names the files; a folder that cannot be made is told."""
    ran = CliRunner().invoke(main, ["logs", "templates", "--to", str(tmp_path / "new")])
    assert (ran.exit_code, ran.output.split()) == (0, [str(tmp_path / "new" / Path(path).name) for path in shipping()])
    for path, text in shipping().items():
        assert (tmp_path / "new" / Path(path).name).read_text() == text
    (tmp_path / "file").touch()
    ran = CliRunner().invoke(main, ["logs", "templates", "--to", str(tmp_path / "file" / "below")])
    assert ran.exit_code == 1
    assert "Not a directory" in ran.output


@pytest.mark.skipif(RSYSLOGD is None or not MODULES.exists(), reason="needs rsyslog and rsyslog-elasticsearch")
def test_rsyslog_brings_every_line_to_the_index(index: Index, tmp_path: Path) -> None:
    """As the template expects it, each under an id of its own; what is no line of ours is put aside."""
    write_shipping(tmp_path)
    (tmp_path / "in").mkdir()
    config = tmp_path / "rsyslog.conf"
    text = config.read_text().replace("/var/spool/rsyslog", str(tmp_path))
    text = text.replace("/var/log/insitechart", f"{tmp_path}/in").replace('"9200"', f'"{index.server_port}"')
    config.write_text(text)
    phases = {"execute": 9.81}
    lines = [operation(ago, phases=phases, codes=["UNAVAILABLE"], name='a"b\\c') for ago in range(200)]
    lines += [line(event="internal_error", level="error", path=["stock", 1], exception="Traceback\n  ä")]
    (tmp_path / "in" / "api.log").write_bytes(b"".join(lines) + b'{"half a l\n10.0.0.1 GET /\n{"msg": "x"}\n')
    assert RSYSLOGD is not None
    checked = subprocess.run([RSYSLOGD, "-N1", "-f", config], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    with subprocess.Popen([RSYSLOGD, "-n", "-f", config, "-i", tmp_path / "pid"]) as rsyslog:
        try:
            end = time.monotonic() + DEADLINE
            while len(index.documents) < len(lines) and time.monotonic() < end:
                time.sleep(0.05)
        finally:
            rsyslog.terminate()
    sent = []
    for each in map(json.loads, lines):
        each["@timestamp"] = each.pop("timestamp")
        sent.append(json.dumps(each, sort_keys=True))
    assert sorted(json.dumps(each, sort_keys=True) for each in index.documents.values()) == sorted(sent)
    assert {action["_index"] for action in index.actions} == {STREAM}
    assert len((tmp_path / "insitechart-odd.log").read_text().splitlines()) == 3
