"""The rules' docstrings as a reference page: `python -m derivations.render.rules docs/rules.md`."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

from derivations.core.rules import PREMISES, RULES


def to_markdown() -> str:
    """docs/rules.md: every rule with what it concludes, its inference figure, when it fails, and an example."""
    lines = [
        "# Rules",
        "",
        "Only these rules make steps. This page is generated from their docstrings by",
        "`python -m derivations.render.rules docs/rules.md`.",
        "",
    ]
    for title, names in (
        ("Premises", [n for n in RULES if n in PREMISES]),
        ("Inferences", [n for n in RULES if n not in PREMISES]),
    ):
        lines += [f"## {title}", ""]
        for name in names:
            lines += [f"### {name.replace('_', ' ')}", "", *_paragraphs(inspect.getdoc(RULES[name]) or ""), ""]
    return "\n".join(lines).rstrip() + "\n"


def _paragraphs(text: str) -> list[str]:
    """The docstring with its labelled parts as a list."""
    shown: list[str] = []
    for line in text.splitlines():
        label, colon, rest = line.partition(":")
        if colon and label in ("Inference", "Fails when", "Example"):
            shown.append(f"- **{label}:** {rest.strip()}")
        elif shown and shown[-1].startswith("- ") and line.strip():
            shown[-1] += " " + line.strip()
        else:
            shown.append(line)
    return shown


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(to_markdown(), encoding="utf-8")
