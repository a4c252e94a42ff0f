"""The documentation runs: every example in README.md and docs/ is a doctest, and the generated page is up to date."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import derivations
import numeric
from derivations.render.rules import to_markdown

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
MODULES = sorted(
    module.name
    for package in (derivations, numeric)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_of_the_page_run(page: Path) -> None:
    failures, _ = doctest.testfile(str(page), module_relative=False, optionflags=FLAGS & ~doctest.IGNORE_EXCEPTION_DETAIL)
    assert failures == 0


@pytest.mark.parametrize("name", MODULES)
def test_doctests_of_the_module_run(name: str) -> None:
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        pytest.skip(f"an extra is not installed: {error}")
    assert doctest.testmod(module, optionflags=FLAGS).failed == 0


def test_rules_page_is_the_rules_docstrings() -> None:
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == to_markdown()
