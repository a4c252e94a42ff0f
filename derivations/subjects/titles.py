"""Titles of the catalogue without deriving anything: `python -m derivations.subjects.titles` writes them anew."""

from __future__ import annotations

import json
from pathlib import Path

STORED = Path(__file__).with_name("titles.json")


def titles() -> dict[str, str]:
    """Name → title in catalogue order; an entry that is not stored yet is derived for its title."""
    from derivations.subjects.catalogue import catalogue, derive

    stored: dict[str, str] = json.loads(STORED.read_text(encoding="utf-8"))
    return {name: stored[name] if name in stored else derive(name).title for name in catalogue()}


def write() -> None:
    """Derive every entry and store its title."""
    from derivations.subjects.catalogue import catalogue, derive

    found = {name: derive(name).title for name in catalogue()}
    STORED.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
