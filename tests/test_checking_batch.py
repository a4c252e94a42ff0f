"""Many files: order, resuming, what cannot be read, workers that die, the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from derivations.check.batch import MAX_BYTES, Journal, JournalError, Task, check_file, check_files, files_in, journal_beside
from derivations.cli import main

GOOD, BAD = "$1 + 1 = 2$\n", "$1 + 1 = 3$\n"


def run(*arguments: str, text: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["check", *arguments], input=text)
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(4):
        (tmp_path / f"{number}.md").write_text(GOOD if number % 2 else BAD, encoding="utf-8")
    return tmp_path


def test_exit_codes_are_those_of_the_design(folder: Path) -> None:
    assert run(str(folder / "1.md"))[0] == 0
    assert run(str(folder / "0.md"))[0] == 1
    assert run(str(folder / "none.md"))[0] == 2
    assert run("-", text="$f(a) = g(b) + 1$ and $f(a) = h(c)$")[0] == 3
    assert run()[0] == 2
    assert run("-", "--problem", "no/such", text="")[0] == 2


def test_standard_input_is_read() -> None:
    code, out, _ = run("-", "--json", text=BAD)
    assert code == 1
    assert json.loads(out)["first_wrong"] == 1


def test_an_unknown_problem_suggests_near_ones() -> None:
    assert "gaussian-naive-bayes/mle-mean" in run("-", "-p", "gaussian-naive-bayes/mle-meen", text="")[2]


def test_the_problems_are_listed() -> None:
    assert "gaussian-naive-bayes/mle-variance" in run("--list-problems")[1]


def test_a_folder_is_checked_in_order(folder: Path) -> None:
    code, out, _ = run(str(folder), "--json", "-j", "2")
    assert code == 1
    assert [Path(report["file"]).name for report in json.loads(out)["reports"]] == ["0.md", "1.md", "2.md", "3.md"]


def test_an_empty_file_says_that_nothing_was_found(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("", encoding="utf-8")
    code, out, _ = run(str(tmp_path / "a.md"))
    assert code == 3
    assert "no mathematics" in out


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"$a = \xff$")
    code, out, _ = run(str(path))
    assert code == 2
    assert "UTF-8" in out


def test_a_file_of_fifty_megabytes_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    with path.open("wb") as stream:
        stream.truncate(50_000_000)
    report = check_file(Task(str(path), ""))
    assert f"{MAX_BYTES:,}" in report.failure


def test_a_full_disk_is_said_and_nothing_is_lost(folder: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    with pytest.raises(JournalError, match="journal"):
        check_files([Task(str(folder / "1.md"), "")], journal=Path("/dev/full"))
    code, _, err = run(str(folder / "1.md"), "-o", "/dev/full")
    assert code == 2
    assert "cannot write" in err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_standard_output_that_is_full_is_said_without_a_traceback(folder: Path) -> None:
    command = [sys.executable, "-m", "derivations", "check", str(folder / "1.md")]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "cannot write to standard output" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_report_that_cannot_be_written_leaves_the_one_before(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = folder / "out.txt"
    out.write_text("before")

    def full(*arguments: object, **options: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    code, _, err = run(str(folder / "1.md"), "-o", str(out))
    assert code == 2
    assert "No space left" in err
    assert out.read_text() == "before"
    assert sorted(path.name for path in folder.iterdir()) == ["0.md", "1.md", "2.md", "3.md", "out.txt"]


def test_a_killed_run_goes_on_where_it_stopped(folder: Path) -> None:
    journal = folder / "journal"
    tasks = [Task(str(folder / f"{number}.md"), "") for number in range(4)]
    first = check_files(tasks[:2], journal=journal)
    with journal.open("ab") as stream:
        stream.write(b'{"key": "cut off')
    asked: list[str] = []
    again = check_files(tasks, journal=journal, done=lambda report: asked.append(report.file))
    assert [report.exit_code for report in again] == [1, 0, 1, 0]
    assert again[0].lines == first[0].lines
    assert [report.file for report in again] == [task.path for task in tasks]
    assert asked == [task.path for task in tasks]
    assert len(Journal(journal).known) == 4


def test_a_changed_file_is_judged_again(folder: Path) -> None:
    journal, path = folder / "journal", folder / "0.md"
    assert check_files([Task(str(path), "")], journal=journal)[0].exit_code == 1
    path.write_text(GOOD, encoding="utf-8")
    assert check_files([Task(str(path), "")], journal=journal)[0].exit_code == 0


def test_a_killed_run_goes_on_by_itself_and_anew_when_asked(folder: Path) -> None:
    for number in (2, 3):
        (folder / f"{number}.md").unlink()
    out = folder / "out.json"
    journal = folder / ".out.json.journal"
    tasks = [Task(path, "") for path in files_in([str(folder)])]
    check_files(tasks, journal=journal)
    kept = journal.read_bytes()
    _, _, err = run(str(folder), "--json", "-o", str(out))
    assert "2 reports" in err
    assert not journal.exists()
    assert [report["first_wrong"] for report in json.loads(out.read_text())["reports"]] == [1, None]
    journal.write_bytes(kept)
    assert "reports in" not in run(str(folder), "--json", "-o", str(out), "--fresh")[2]


def test_without_an_output_the_journal_is_where_programs_keep_their_state(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    tasks = [Task(path, "") for path in files_in([str(folder)])]
    place = journal_beside(None, tasks)
    assert place.is_relative_to(folder / "state")
    assert place != journal_beside(None, tasks[1:])
    check_files(tasks[:3], journal=place)
    assert "3 reports" in run(str(folder), "--json")[2]
    assert not place.exists()


def test_a_journal_that_nobody_asked_for_may_be_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "state").write_text("a file, no folder")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    code, out, err = run(str(folder), "--json")
    assert code == 1
    assert len(json.loads(out)["reports"]) == 4
    assert "going on without it" in err


def test_a_report_is_written_down_before_slower_ones_are_there(folder: Path) -> None:
    (folder / "a.md").write_text("\n\n".join(f"$\\sum_{{i=1}}^{n} x_i = x_1 + {n}$" for n in range(1, 8)), encoding="utf-8")
    order: list[str] = []
    tasks = [Task(str(folder / "a.md"), ""), *(Task(str(folder / f"{n}.md"), "") for n in range(4))]
    reports = check_files(tasks, jobs=2, done=lambda report: order.append(report.file))
    assert [report.file for report in reports] == [task.path for task in tasks]
    assert order[0] != tasks[0].path


def test_a_folder_gets_a_page_for_each_document_and_an_overview(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "é & b.md").write_text(BAD, encoding="utf-8")
    code, _, _ = run(str(folder), "-f", "html", "-o", str(folder / "out"), "-j", "2")
    assert code == 1
    names = {str(path.relative_to(folder / "out")) for path in (folder / "out").rglob("*") if path.is_file()}
    assert names == {"index.html", "0.md.html", "1.md.html", "2.md.html", "3.md.html", "sub/é & b.md.html"}
    index = (folder / "out" / "index.html").read_text(encoding="utf-8")
    assert 'href="sub/%C3%A9%20%26%20b.md.html"' in index
    assert 'href="../index.html"' in (folder / "out" / "sub" / "é & b.md.html").read_text(encoding="utf-8")


def test_the_solution_is_shown_only_when_asked_and_where_there_is_room(folder: Path) -> None:
    path = str(folder / "1.md")
    assert "145" not in run(path, "-p", "small-cnn/parameters")[1]
    shown = run(path, "-p", "small-cnn/parameters", "--reveal")[1]
    assert "146,378" in shown
    content = json.loads(run(path, "-p", "small-cnn/parameters", "--reveal", "--json")[1])
    assert "146,378" in content["solution"]
    assert "146,378" in run(path, "-p", "small-cnn/parameters", "--reveal", "-f", "html")[1]
    assert run(path, "-p", "small-cnn/parameters", "--reveal", "-f", "csv")[0] == 2
    assert run(path, "--reveal")[0] == 2


def test_a_fault_of_the_checker_concerns_one_file_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object, **options: object) -> None:
        raise AssertionError("a bug")

    monkeypatch.setattr("derivations.check.checking.check", broken)
    report = check_file(Task(str(folder / "1.md"), ""))
    assert "the checker itself failed: AssertionError: a bug" in report.failure
    assert report.exit_code == 2


def test_links_between_folders_do_not_go_round_for_ever(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "5.md").write_text(GOOD, encoding="utf-8")
    (folder / "sub" / "up").symlink_to(folder, target_is_directory=True)
    (folder / "broken.md").symlink_to(folder / "nothing")
    assert [Path(path).name for path in files_in([str(folder)])] == ["0.md", "1.md", "2.md", "3.md", "5.md"]


def test_a_folder_that_cannot_be_listed_is_named_and_the_others_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = folder / "closed"
    closed.mkdir()
    listed, scanned = os.listdir, os.scandir

    def refusing(listing: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def there(path: Any = ".") -> Any:
            if str(path) == str(closed):
                raise PermissionError(13, "Permission denied", str(path))
            return listing(path)

        return there

    monkeypatch.setattr(os, "listdir", refusing(listed))
    monkeypatch.setattr(os, "scandir", refusing(scanned))
    assert [Path(path).name for path in files_in([str(folder)])] == ["0.md", "1.md", "2.md", "3.md", "closed"]
    assert check_file(Task(str(closed), "")).failure == "cannot be read: Permission denied"


def test_hidden_folders_are_left_out(folder: Path) -> None:
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "a.md").write_text(GOOD, encoding="utf-8")
    assert len(files_in([str(folder)])) == 4


@pytest.mark.parametrize(
    ("data", "failure"),
    [
        ("$1 + 1 = 2$".encode("utf-16"), ""),
        (b"\xef\xbb\xbf$1 + 1 = 2$", ""),
        ("$1 + 1 = 2$".encode("utf-16-le"), "UTF-16 without a mark"),
        (b"PK\x03\x04\x00\x00", "a picture, an archive"),
        (b"\xff\xfe$", "UTF-16-LE text: byte 2"),
        ("é $1 + 1 = 2$".encode("latin-1"), "byte 0 is 0xe9"),
    ],
)
def test_the_encoding_is_told_from_its_mark_or_the_failure_named(tmp_path: Path, data: bytes, failure: str) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(data)
    report = check_file(Task(str(path), ""))
    assert failure in report.failure
    assert bool(report.failure) == bool(failure)
    if not failure:
        assert [(line.line, line.column, line.verdict) for line in report.lines] == [(1, 2, "right")]


def test_folders_hold_the_files_that_can_be_checked(folder: Path) -> None:
    (folder / "picture.png").write_bytes(b"")
    assert [Path(path).suffix for path in files_in([str(folder)])] == [".md"] * 4


@pytest.mark.long
def test_a_run_whose_workers_are_killed_loses_nothing(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"{number}.md").write_text(GOOD * 20, encoding="utf-8")
    command = [sys.executable, "-m", "derivations", "check", str(tmp_path), "--json", "-j", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    killed = 0
    while process.poll() is None and killed < 2:
        for child in _workers(process.pid):
            os.kill(child, signal.SIGKILL)
            killed += 1
            break
        try:
            process.wait(timeout=1.5)
        except subprocess.TimeoutExpired:
            continue
    out, _ = process.communicate(timeout=120)
    reports = json.loads(out)["reports"]
    assert [Path(report["file"]).name for report in reports] == [f"{n}.md" for n in range(6)]


def _workers(parent: int) -> list[int]:
    """The worker processes."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        found.append((int(entry.parent.name), int(fields[1])))
    return [pid for pid, above in found if above == parent]
