"""How a student writes each letter: the spellings in the document, and entries with numbers in the place of their indices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from sympy import Basic, Expr, Indexed, Pow, Symbol
from sympy import latex as sympy_latex

from derivations.check.judging.context.formulas import MAX_TOGETHER, Chapter
from derivations.check.problems.problem import MARKS
from derivations.check.reader.reading import Reading
from derivations.core.symbols import Declarations
from derivations.render.notation import fill, name_of, template_pieces

_SCRIPT = re.compile(r"([_^])\{([^{}]*)\}")
_SPACED_NUMBERS = re.compile(r"(?<=\d)\s+(?=\d)")


@dataclass(frozen=True)
class Template:
    """A spelling with a hole for every index: text pieces, and behind each but the last the place of an index."""

    pieces: tuple[str, ...]
    places: tuple[int, ...] = ()

    def filled(self, indices: Sequence[str]) -> str:
        """The spelling with indices in its holes."""
        text = self.pieces[0]
        for place, piece in zip(self.places, self.pieces[1:], strict=True):
            text += indices[place] + piece
        return _SCRIPT.sub(_tidied, text)


@dataclass(frozen=True)
class Spelling:
    r"""The spellings in some readings: of the first one that holds a letter.

    >>> from derivations.check.reader.reading import read
    >>> from sympy import IndexedBase, Symbol
    >>> spelling = Spelling((read(r"\sum_{i=1}^{N} (x_d^{(i)} - \mu_{y^{(i)} d})^2", notation="naive_bayes"),))
    >>> spelling.entry("x", (1, 2)), spelling.entry("mu", (1, 2)), spelling.letter("N")
    ('x_2^{(1)}', '\\mu_{12}', 'N')
    """

    readings: tuple[Reading, ...]
    declarations: Declarations = field(default_factory=Declarations)
    estimates: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, chapter: Chapter, first: Reading | None = None) -> Spelling:
        """The spellings of a chapter, those of one line first, those of the problem last."""
        own = () if first is None else (first,)
        others = (formula.reading for formula in (*chapter.formulas, *chapter.givens) if formula.reading is not None)
        readings = (*own, *others)
        return cls(readings, readings[0].symbols.declarations if readings else Declarations())

    def preferring(self, written: Iterable[object]) -> Spelling:
        r"""The same, with a letter spelled by its estimate where a line holds that: \mu as \hat\mu."""
        names = {name_of(head) for head in written}
        marked = {name.rpartition("_")[0]: name for name in sorted(names) if name.rpartition("_")[2] in MARKS}
        return replace(self, estimates={name: estimate for name, estimate in marked.items() if name not in names})

    def letter(self, head: object) -> str:
        """A letter without indices."""
        name = self._name(head)
        return self._found[name].filled(()) if name in self._found and not self._found[name].places else self._head(name)

    def entry(self, head: object, indices: Sequence[object]) -> str:
        """An entry of an array: x_d^{(i)} at i = 1, d = 2 as x_2^{(1)}."""
        name, told = self._name(head), tuple(map(str, indices))
        template = self._found.get(name)
        if template is not None and set(template.places) == set(range(len(told))):
            return template.filled(told)
        declared = self._declared(name)
        if any(isinstance(piece, int) for piece in template_pieces(declared)):
            return Template((fill(declared, told),)).filled(())
        return Template((f"{self._head(name)}_{{{', '.join(told)}}}",)).filled(())

    def of_expression(self, expression: Expr) -> str:
        """A letter or an entry as it is written with its own indices."""
        if isinstance(expression, Indexed):
            return self.entry(expression.base, [self.of_expression(index) for index in expression.indices])
        return self.letter(expression) if isinstance(expression, Symbol) else sympy_latex(expression)

    def _name(self, head: object) -> str:
        return self.estimates.get(name_of(head), name_of(head))

    @cached_property
    def _found(self) -> dict[str, Template]:
        found: dict[str, Template] = {}
        for reading in self.readings:
            found = {**_templates(reading), **found}
        return found

    def _declared(self, name: str) -> str:
        return self.declarations[name].latex or "" if name in self.declarations else ""

    def _head(self, name: str) -> str:
        declared = self._declared(name)
        if declared and "{" not in declared:
            return declared if "\\" in declared or len(declared) == 1 else str(sympy_latex(Symbol(declared)))
        return str(sympy_latex(Symbol(name.strip("_") or name)))


@lru_cache(maxsize=MAX_TOGETHER)
def _templates(reading: Reading) -> Mapping[str, Template]:
    """Letter → its first spelling in a reading."""
    found: dict[str, Template] = {}
    for expression, template in _spelled(reading):
        found.setdefault(name_of(getattr(expression, "base", expression)), template)
    return found


def _spelled(reading: Reading) -> Iterator[tuple[Basic, Template]]:
    """The letters and entries of a reading; entries whose indices are letters come before x_{i+1} and x_{11}."""
    powers = {(start, end): e for e, start, end in reading.spans if isinstance(e, Pow)}
    spans = [(e, start, _without_power(reading, e, start, end, powers)) for e, start, end in reading.spans if start < end]
    entries = [(e, start, end) for e, start, end in spans if isinstance(e, Indexed)]
    for expression, start, end in sorted(entries, key=lambda span: not all(isinstance(i, Symbol) for i in span[0].indices)):
        template = _template(reading, expression, start, end)
        if template is not None:
            yield expression, template
    for expression, start, end in spans:
        if isinstance(expression, Symbol):
            yield expression, Template((_bare(reading.latex[start:end]),))


def _without_power(reading: Reading, base: Basic, start: int, end: int, powers: Mapping[tuple[int, int], Pow]) -> int:
    """The end of a letter: where x^2 is a power of x, before the ^."""
    power = powers.get((start, end))
    if power is None or power.base != base:
        return end
    exponents = [s for e, s, t in reading.spans if e == power.exp and start < s < t <= end]
    raised = reading.latex.rfind("^", start, max(exponents, default=start))
    return raised if raised > start else end


def _template(reading: Reading, entry: Indexed, start: int, end: int) -> Template | None:
    """The text of an entry with holes where its indices stand; None when one of them stands nowhere."""
    while reading.latex[start:end] != (bare := _bare(reading.latex[start:end])):
        start = reading.latex.index(bare, start)
        end = start + len(bare)
    holes: list[tuple[int, int, int]] = []
    for place, index in enumerate(entry.indices):
        parts = [(s, e) for part, s, e in reading.spans if part == index and start <= s < e <= end and (s, e) != (start, end)]
        inside = [(s, e) for s, e in parts if all(e <= a or s >= b for a, b, _ in holes)]
        if not inside:
            return None
        holes.append((*max(inside, key=lambda span: span[1] - span[0]), place))
    pieces, position = [], start
    for s, e, _ in sorted(holes):
        pieces.append(reading.latex[position:s])
        position = e
    return Template((*pieces, reading.latex[position:end].rstrip()), tuple(place for _, _, place in sorted(holes)))


def _bare(text: str) -> str:
    """Without spaces and without brackets around the whole of it."""
    text = text.strip()
    inside = text[1:-1]
    return _bare(inside) if text[:1] == "(" and text[-1:] == ")" and not set("()") & set(inside) else text


def _tidied(script: re.Match[str]) -> str:
    r"""_{1 1} as _{11}, _{1} as _1."""
    inside = _SPACED_NUMBERS.sub("", script.group(2).strip())
    return f"{script.group(1)}{inside}" if len(inside) == 1 else f"{script.group(1)}{{{inside}}}"
