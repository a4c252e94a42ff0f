"""The LaTeX of the whole catalogue, kept in tests/golden so that a change of notation is seen.

After a change on purpose, write the files anew and read the difference:

    DERIVATIONS_GOLDEN=write python -m pytest tests/test_render_golden.py
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import derivations
from derivations.render.book import slug_of

GOLDEN = Path(__file__).parent / "golden"
WRITE = os.environ.get("DERIVATIONS_GOLDEN") == "write"


@pytest.mark.parametrize("name", derivations.catalogue())
def test_latex_is_as_it_was_last_read(name: str) -> None:
    file = GOLDEN / f"{slug_of(name)}.tex"
    printed = derivations.derive(name).to_latex()
    if WRITE:
        file.write_text(printed, encoding="utf-8")
    assert file.exists(), f"no golden file for {name}; see the first lines of this test"
    assert printed == file.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    names = {slug_of(name) for name in derivations.catalogue()}
    assert {file.stem for file in GOLDEN.glob("*.tex")} <= names
