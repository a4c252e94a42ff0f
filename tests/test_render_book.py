"""The book: files, links, verification table, LaTeX that compiles."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from render_samples import mean_derivation

from derivations.core.derivation import Derivation
from derivations.core.reports import Report, Row
from derivations.render.book import build_book, slug_of, write_atomically

GOOD = Row("closed form against the optimiser", "0", "3e-9", "1e-6", "the optimiser stops at 1e-8", True)
BAD = Row("score at the estimate", "0", "0.2", "1e-6", "central differences lose half the digits", False)


@pytest.fixture(scope="module")
def derivation() -> Derivation:
    return mean_derivation()


@pytest.fixture(scope="module")
def book(derivation: Derivation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("book")
    build_book([derivation], {derivation.name: Report(derivation.name, (GOOD, BAD), 400, 0)}, directory)
    return directory


def test_book_has_every_file(book: Path, derivation: Derivation) -> None:
    slug = slug_of(derivation.name)
    names = {path.relative_to(book).as_posix() for path in book.rglob("*") if path.is_file()}
    wanted = {"index.html", "book.tex", "verification.html", "verification.json", "rules.html", "katex/LICENSE"}
    assert wanted | {f"{slug}.{ending}" for ending in ("html", "md", "json")} <= names
    assert not any(Path(name).name.startswith(".") for name in names)


def test_every_link_of_the_book_leads_somewhere(book: Path) -> None:
    for page in book.glob("*.html"):
        for target in re.findall(r"""(?:href|src)="([^"]*)\"""", page.read_text(encoding="utf-8")):
            path, _, anchor = target.partition("#")
            file = book / path if path else page
            assert file.exists(), f"{page.name} links to {target}"
            assert not anchor or f'id="{anchor}"' in file.read_text(encoding="utf-8"), f"{page.name} links to {target}"


def test_pages_use_the_shared_assets_with_fonts_beside_them(book: Path) -> None:
    style = (book / "katex" / "katex.min.css").read_text(encoding="utf-8")
    fonts = re.findall(r"url\(([^)]*)\)", style)
    assert fonts
    assert all((book / "katex" / font).exists() for font in fonts)
    assert "data:font" not in style


def test_nothing_is_fetched_from_a_network(book: Path) -> None:
    for page in [*book.glob("*.html"), book / "style.css", book / "katex" / "katex.min.css"]:
        assert not re.search(r"""(?:href|src)="(?:https?:)?//|url\((?:https?:)?//|@import""", page.read_text("utf-8"))


def test_verification_table_says_what_failed(book: Path, derivation: Derivation) -> None:
    table = json.loads((book / "verification.json").read_text(encoding="utf-8"))
    assert table["schema"] == "derivations/verification-table/1"
    assert table["ok"] is False
    assert table["reports"][0]["name"] == derivation.name
    assert [row["ok"] for row in table["reports"][0]["rows"]] == [True, False]
    assert "1 of 2 checks passed" in (book / "index.html").read_text(encoding="utf-8")
    assert "score at the estimate" in (book / "verification.html").read_text(encoding="utf-8")


def test_derivation_without_report_is_called_not_verified(derivation: Derivation, tmp_path: Path) -> None:
    heard: list[str] = []
    written = build_book([derivation], {}, tmp_path / "new" / "book", heard.append)
    assert "not verified" in (tmp_path / "new" / "book" / "index.html").read_text(encoding="utf-8")
    assert heard == [path.relative_to(tmp_path / "new" / "book").as_posix() for path in written]


def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    write_atomically(target, b"old")
    with pytest.raises(TypeError):
        write_atomically(target, "text is not bytes")  # type: ignore[arg-type]
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_latex_of_the_book_compiles_without_overfull_lines(book: Path, tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    shutil.copy(book / "book.tex", tmp_path)
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "book.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    log = (tmp_path / "book.log").read_text(encoding="latin-1")
    assert done.returncode == 0, log[-2000:]
    assert "Overfull" not in log
