"""A recording by the real py-spy, of real processes: what the file shows, and what happens where there is nothing."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from ops.profiling import CannotProfile, Recorded, Recorder, Wanted
from tests.ops.profiling.busy import WAITING, WORKING, python, working

PATIENCE = 60.0


def recorded(recorder: Recorder) -> Recorded:
    """Wait for a recording, which has to end."""
    found = recorder.wait(PATIENCE)
    assert found is not None
    return found


@pytest.mark.parametrize("ending", [".svg", ".json", ".txt"])
def test_each_form_names_the_function_that_works(tmp_path: Path, ending: str) -> None:
    """And is what its name promises; nothing else is left in the folder."""
    file = tmp_path / f"flame{ending}"
    with python(working()) as process:
        found = recorded(Recorder(Wanted(process.pid, file, seconds=1)))
        assert process.poll() is None
    assert (found.output, found.ended) == (file, False)
    assert found.samples > 0
    text = file.read_text()
    assert WORKING in text
    assert text.lstrip().startswith({".svg": "<?xml", ".json": "{", ".txt": "<module>"}[ending])
    if ending == ".json":
        assert json.loads(text)["profiles"]
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_that_waits_in_the_folder_leads_nowhere(tmp_path: Path) -> None:
    """In a folder for all, others may put links where they expect a file of ours to be made; no file is overwritten."""
    victim = tmp_path / "victim"
    victim.write_text("theirs")
    (tmp_path / f".flame.txt.{os.getpid()}.part").symlink_to(victim)
    (tmp_path / "flame.txt").symlink_to(victim)
    with python(working()) as process:
        recorded(Recorder(Wanted(process.pid, tmp_path / "flame.txt", seconds=1)))
    assert victim.read_text() == "theirs"
    assert WORKING in (tmp_path / "flame.txt").read_text()


def test_what_was_seen_of_a_process_that_ended_is_kept(tmp_path: Path) -> None:
    """The recording ends with the process, and says so."""
    with python(working(1.5)) as process:
        found = recorded(Recorder(Wanted(process.pid, tmp_path / "flame.txt", seconds=3_600)))
    assert found.ended
    assert WORKING in found.output.read_text()


def test_a_recording_that_is_stopped_keeps_what_it_has(tmp_path: Path) -> None:
    """Whoever has seen enough does not wait for the rest."""
    with python(working()) as process:
        recorder = Recorder(Wanted(process.pid, tmp_path / "flame.txt", seconds=3_600))
        assert recorder.wait(2.0) is None
        recorder.stop()
        found = recorded(recorder)
    assert not found.ended
    assert WORKING in found.output.read_text()


def test_a_recording_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    """No half of a file, and no process."""
    with python(working()) as process:
        recorder = Recorder(Wanted(process.pid, tmp_path / "flame.txt", seconds=3_600))
        recorder.kill()
        assert process.poll() is None
    assert list(tmp_path.iterdir()) == []


def test_an_idle_process_has_nothing_to_show_but_when_asked(tmp_path: Path) -> None:
    """A process that waits is told to be idle; with its idle threads, the file shows where it waits."""
    with python(WAITING) as process:
        with pytest.raises(CannotProfile, match="was idle all the while"):
            recorded(Recorder(Wanted(process.pid, tmp_path / "flame.svg", seconds=1)))
        assert list(tmp_path.iterdir()) == []
        found = recorded(Recorder(Wanted(process.pid, tmp_path / "flame.txt", seconds=1, idle=True)))
    assert "<module>" in found.output.read_text()


def test_a_stopped_process_holds_nothing_up(tmp_path: Path) -> None:
    """It is read as it stands; where it has to hold still for C code, a refusal says why it cannot be had."""
    with python(working()) as process:
        os.kill(process.pid, signal.SIGSTOP)
        try:
            found = recorded(Recorder(Wanted(process.pid, tmp_path / "flame.txt", seconds=1, idle=True)))
            assert found.samples > 0
            with pytest.raises(CannotProfile, match=r"is stopped: 'kill -CONT"):
                recorded(Recorder(Wanted(process.pid, tmp_path / "native.txt", seconds=1, native=True)))
        finally:
            os.kill(process.pid, signal.SIGCONT)


def test_no_process_and_no_python_process_are_told(tmp_path: Path) -> None:
    """Each in words of its own."""
    with subprocess.Popen(["sleep", "60"]) as sleeping:
        try:
            with pytest.raises(CannotProfile, match=rf"process {sleeping.pid} \(sleep\) is no Python process"):
                recorded(Recorder(Wanted(sleeping.pid, tmp_path / "flame.svg", seconds=1)))
        finally:
            sleeping.kill()
    with pytest.raises(CannotProfile, match=f"no process {sleeping.pid}"):
        Recorder(Wanted(sleeping.pid, tmp_path / "flame.svg"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("absent/flame.svg", "cannot be written: No such file"),
        ("flame.png", "expected to end in .svg, .json, .txt"),
        ("folder.svg", "this is a folder"),
    ],
)
def test_a_file_that_cannot_be_is_told_before_anything_is_recorded(tmp_path: Path, name: str, said: str) -> None:
    """Nobody looks for a minute and then has no file."""
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(CannotProfile, match=said):
        Recorder(Wanted(os.getpid(), tmp_path / name, seconds=3_600))
