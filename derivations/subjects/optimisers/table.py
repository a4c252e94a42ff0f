"""All pairs of the library: equivalent, under which conditions, or not; as HTML, LaTeX and JSON."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from multiprocessing import get_context

from derivations.subjects.optimisers.answers import Equivalence, Verdict
from derivations.subjects.optimisers.library import library
from derivations.subjects.optimisers.questions import Question


@dataclass(frozen=True)
class Cell:
    """The answer for one pair: for any schedule, for constant coefficients, and what they rest on."""

    a: str
    b: str
    any: Verdict
    constant: Verdict
    conditions: tuple[str, ...] = ()
    change: str = ""
    counterexample: str = ""

    @property
    def sign(self) -> str:
        """= for any schedule, ~ for constant coefficients, ? undecided, a dot for different."""
        if self.any is Verdict.EQUIVALENT:
            return "="
        if self.constant is Verdict.EQUIVALENT:
            return "~"
        return "?" if Verdict.UNDECIDED in (self.any, self.constant) else "·"


@dataclass(frozen=True)
class Table:
    """The names in order, and a cell for each pair of different methods."""

    names: tuple[str, ...]
    cells: tuple[Cell, ...]


@cache
def table(names: tuple[str, ...] = (), jobs: int = 1) -> Table:
    """Every pair of the library, or of some of its methods, decided now, in so many worker processes."""
    chosen = names or tuple(library())
    pairs = list(combinations(chosen, 2))
    if jobs <= 1:
        return Table(chosen, tuple(cell(a, b) for a, b in pairs))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        firsts, seconds = zip(*pairs, strict=True)
        return Table(chosen, tuple(pool.map(cell, firsts, seconds, chunksize=20)))


def cell(a: str, b: str) -> Cell:
    """The answer for one pair, for constant coefficients and for any schedule."""
    constant = Question.of(a, b, "constant", None).answer()
    free: Equivalence | None = None
    if constant.verdict is Verdict.EQUIVALENT:
        varying = Question.of(a, b, "any", None)
        free = varying.answer() if varying.scheduled else constant
    best = free if free is not None and free.verdict is Verdict.EQUIVALENT else constant
    apart = (free or constant).counterexample
    return Cell(
        a, b, (free or constant).verdict, constant.verdict, best.conditions,
        str(best.map) if best.verdict is Verdict.EQUIVALENT else "", apart.sentence() if apart else "",
    )  # fmt: skip


LEGEND = "= the same for any schedule; ~ the same for constant coefficients; · different; ? undecided"


def to_json(found: Table) -> str:
    """Schema derivations/equivalences/1: one object a pair."""
    pairs = [
        {
            "a": c.a, "b": c.b, "any": str(c.any), "constant": str(c.constant), "conditions": list(c.conditions),
            "change": c.change, "counterexample": c.counterexample,
        }
        for c in found.cells
    ]  # fmt: skip
    kind = {"schema": "derivations/equivalences/1", "names": list(found.names), "pairs": pairs}
    return json.dumps(kind, indent=1, ensure_ascii=False) + "\n"


def _grid(found: Table) -> list[list[Cell | None]]:
    by_pair = {(c.a, c.b): c for c in found.cells}
    return [[by_pair.get((a, b)) or by_pair.get((b, a)) for b in found.names] for a in found.names]


def to_html(found: Table) -> str:
    """A table of signs, each with its conditions or its counterexample as a tooltip; needs no other file."""
    columns = "".join(f"<th><span>{html.escape(name)}</span></th>" for name in found.names)
    rows = []
    for name, cells in zip(found.names, _grid(found), strict=True):
        entries = "".join(_entry(c) for c in cells)
        rows.append(f"<tr><th>{html.escape(name)}</th>{entries}</tr>")
    return (
        "<!doctype html>\n<html lang=en><meta charset=utf-8><title>Equivalent optimisers</title>\n"
        f"<style>{_STYLE}</style>\n<h1>Equivalent optimisers</h1>\n<p>{html.escape(LEGEND)}</p>\n"
        f"<table><tr><th></th>{columns}</tr>\n" + "\n".join(rows) + "\n</table>\n</html>\n"
    )


def _entry(found: Cell | None) -> str:
    if found is None:
        return "<td></td>"
    said = "; ".join((found.change, *found.conditions)) if found.sign in "=~" else found.counterexample
    return f'<td class="{_CLASSES[found.sign]}" title="{html.escape(said, quote=True)}">{found.sign}</td>'


_CLASSES = {"=": "same", "~": "steady", "·": "different", "?": "open"}
_STYLE = (
    "body{font:15px/1.4 sans-serif;margin:2em}table{border-collapse:collapse;font-size:12px}"
    "td{border:1px solid #ddd;width:1.6em;height:1.6em;text-align:center}th{text-align:right;font-weight:400}"
    "th span{writing-mode:vertical-rl;transform:rotate(180deg);text-align:left}"
    ".same{background:#bfe3c0}.steady{background:#e3efb9}.open{background:#f4d9a6}.different{color:#999}"
)


def to_latex(found: Table) -> str:
    """The pairs that are the same, one row each, as a longtable (package longtable)."""
    rows = []
    for c in found.cells:
        if c.sign in "=~":
            what = "any schedule" if c.sign == "=" else "constant coefficients"
            rows.append(f"{_plain(c.a)} & {_plain(c.b)} & {what} & {_plain(c.change)} \\\\")
    head = r"method & method & the same for & change of variables \\ \hline"
    body = "\n".join(rows)
    return f"\\begin{{longtable}}{{lllp{{0.4\\textwidth}}}}\n{head}\n{body}\n\\end{{longtable}}\n"


def _plain(text: str) -> str:
    return r"\texttt{" + "".join(_ESCAPES.get(letter, letter) for letter in text) + "}" if text else ""


_ESCAPES = {"_": r"\_", "*": r"*\allowbreak{}", "^": r"\^{}", "&": r"\&", "#": r"\#", "%": r"\%", "~": r"\~{}"}
TABLES: dict[str, Callable[[Table], str]] = {"html": to_html, "latex": to_latex, "json": to_json}


def groups(found: Table, sign: Sequence[str] = ("=", "~")) -> list[set[str]]:
    """The methods that are the same as each other, in groups of two or more."""
    joined: list[set[str]] = []
    for c in found.cells:
        if c.sign in sign:
            touching = [g for g in joined if c.a in g or c.b in g]
            joined = [g for g in joined if g not in touching] + [set().union({c.a, c.b}, *touching)]
    return joined
