"""Sizing of PostgreSQL from a machine."""

from pathlib import Path

import pytest

from ops import machine
from ops.embedded import servers
from ops.machine import GIB, MIB, Machine, detect, developer_slice, postgres_settings, render
from tests.ops.embedded.users import ask


def _mebibytes(value: str) -> int:
    assert value.endswith("MB")
    return int(value.removesuffix("MB"))


@pytest.mark.parametrize("gibibytes", [1, 4, 24, 256])
def test_sizes_follow_the_memory(gibibytes: int) -> None:
    """A quarter goes to PostgreSQL's own cache, three quarters are what the planner counts on."""
    settings = postgres_settings(Machine(gibibytes * GIB, 4), connections=100)
    assert _mebibytes(settings["shared_buffers"]) == gibibytes * 256
    assert _mebibytes(settings["effective_cache_size"]) == gibibytes * 768


@pytest.mark.parametrize("memory", [256 * MIB, GIB, 8 * GIB, 512 * GIB])
@pytest.mark.parametrize("connections", [20, 120, 500])
def test_every_connection_sorting_at_once_fits(memory: int, connections: int) -> None:
    """Sort memory over all connections stays within an eighth of the memory, or at the floor of 4 MB each."""
    settings = postgres_settings(Machine(memory, 4), connections=connections)
    work = _mebibytes(settings["work_mem"])
    assert work == 4 or work * connections <= memory // MIB // 8
    assert work <= 64


def test_the_fixed_choices() -> None:
    """JIT is off, and the statement log begins at the 300 ms budget."""
    settings = postgres_settings(Machine(GIB, 2), connections=10)
    assert settings["jit"] == "off"
    assert settings["log_min_duration_statement"] == "300ms"
    assert settings["max_connections"] == "10"


def test_parallel_workers_follow_the_cores() -> None:
    """No more parallel workers than cores, and room for the server's own beside them."""
    settings = postgres_settings(Machine(GIB, 16), connections=10)
    assert settings["max_parallel_workers"] == "16"
    assert settings["max_parallel_workers_per_gather"] == "4"
    assert int(settings["max_worker_processes"]) > 16


def test_an_embedded_server_takes_a_slice() -> None:
    """A developer's machine keeps most of its memory; a large one gives no more than 4 GiB."""
    assert developer_slice(Machine(8 * GIB, 4)) == Machine(2 * GIB, 4)
    assert developer_slice(Machine(256 * GIB, 64)) == Machine(4 * GIB, 64)


def test_a_container_is_sized_by_its_own_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A control group's memory and processor quota count where they are tighter than the machine's."""
    (tmp_path / "memory.max").write_text(f"{64 * MIB}\n")
    (tmp_path / "cpu.max").write_text("100000 100000\n")
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    assert detect() == Machine(64 * MIB, 1)
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert detect().memory > 64 * MIB


def test_values_are_quoted() -> None:
    """A quote inside a value cannot end it."""
    assert render({"a": "it's", "b": "1"}) == "a = 'it''s'\nb = '1'\n"


def test_the_server_runs_with_what_was_computed(data_dir: Path) -> None:
    """PostgreSQL reads the included file: what it reports is what the function said."""
    expected = postgres_settings(developer_slice(detect()), connections=120)
    with servers(data_dir, postgres=True, valkey=False) as endpoints:
        url = str(endpoints.database_url)
        for name in ("shared_buffers", "effective_cache_size", "work_mem"):
            size = ask(url, f"SELECT pg_size_bytes(current_setting('{name}'))")
            assert size == _mebibytes(expected[name]) * MIB
        for name in ("jit", "log_min_duration_statement", "max_connections"):
            assert ask(url, f"SELECT current_setting('{name}')") == expected[name]
        assert ask(url, "SELECT count(*) FROM pg_file_settings WHERE error IS NOT NULL") == 0
