"""Single edits of a formula: each a small change that students make, with its name and the part it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derivations.check.reader.terms import Term, is_letter, number

Rebuild = Callable[[Term], Term]
WEIGHTS = {
    "sign": 1, "factor": 2, "power": 2, "index": 2, "range": 2, "indicator": 2, "n against n-1": 2, "dropped term": 3,
    "extra term": 3,
    "sigma against sigma squared": 3, "inverted": 3, "floor": 3, "transposed": 2, "letter factor": 4, "number": 4,
}  # fmt: skip
"""How far-fetched an explanation is: of several that fit, the mildest is shown."""
_NUMBERS = tuple(map(Fraction, ("2", "1/2", "3", "1/3", "4", "1/4")))
MAX_LETTERS = 10


@dataclass(frozen=True)
class Edit:
    """A change that would put a formula right: its kind, what it says, the part of the text, and the formula after it."""

    kind: str
    sentence: str
    start: int
    end: int
    term: Term

    @property
    def weight(self) -> int:
        """How far-fetched it is."""
        return WEIGHTS[self.kind]


@dataclass(frozen=True)
class Surroundings:
    """What a formula can be changed with: letters, index letters, ends of ranges and terms that occur around it."""

    letters: tuple[Term, ...] = ()
    indices: tuple[str, ...] = ()
    ends: tuple[Term, ...] = ()
    addends: tuple[Term, ...] = ()
    indicators: tuple[Term, ...] = ()
    sizes: frozenset[str] = frozenset()
    labels: tuple[Term, ...] = ()


def surroundings_of(
    terms: Sequence[Term], indices: Sequence[str], sizes: frozenset[str], more: Sequence[Term] = (),
    more_ends: Sequence[Term] = (), labels: Sequence[Term] = (),
) -> Surroundings:  # fmt: skip
    """What occurs in the formulas around."""
    letters: dict[tuple[object, ...], Term] = {}
    ends: dict[tuple[object, ...], Term] = {bare(part): part for part in more_ends}
    indicators: dict[tuple[object, ...], Term] = {bare(part): part for part in more}
    bound = set()
    for term in terms:
        for part in term.walk():
            if part.head == "letter":
                letters.setdefault(bare(part), part)
            elif part.head in ("sum", "product"):
                bound.add(str(part.data))
                if part.args[2].head != "bare":
                    ends.setdefault(bare(part.args[2]), part.args[2])
            elif part.head in ("delta", "indicator"):
                indicators.setdefault(bare(part), part)
            elif part.head == "power" and part.args[0].head == "letter":
                letters.setdefault(bare(part), part)
    kept = [part for part in letters.values() if not (is_letter(part) and (part.data in bound or part.data in indices))]
    addends = [part for term in terms for part in _addends(term)]
    return Surroundings(
        tuple(kept[:MAX_LETTERS]), tuple(dict.fromkeys((*indices, *sorted(bound)))), tuple(ends.values()), tuple(addends[:8]),
        tuple(indicators.values()), sizes, tuple(labels),
    )  # fmt: skip


def bare(term: Term) -> tuple[object, ...]:
    """The term without its place in the text."""
    return term.head, str(term.data), tuple(map(bare, term.args))


def _addends(term: Term) -> list[Term]:
    return list(term.args) if term.head == "add" else [term]


def edits_of(term: Term, around: Surroundings) -> Iterator[Edit]:
    """All single edits of a formula."""
    yield from _root(term, around)
    for node, rebuild, context in _nodes(term, lambda new: new, "root"):
        for edit in _local(node, around, context):
            yield Edit(edit.kind, edit.sentence, edit.start, edit.end, rebuild(edit.term))


def _nodes(term: Term, rebuild: Rebuild, context: str) -> Iterator[tuple[Term, Rebuild, str]]:
    """Every part with a function that puts something else in its place, and what it is part of."""
    yield term, rebuild, context
    for place, argument in enumerate(term.args):
        if term.head in ("delta", "indicator") or (term.head in ("sum", "product") and place in (1, 2)):
            continue
        if term.head == "letter":
            continue

        def replaced(new: Term, term: Term = term, place: int = place, rebuild: Rebuild = rebuild) -> Term:
            return rebuild(term._replace(args=(*term.args[:place], new, *term.args[place + 1 :])))

        yield from _nodes(argument, replaced, "exponent" if term.head == "power" and place == 1 else term.head)


def _root(term: Term, around: Surroundings) -> Iterator[Edit]:
    """Changes of the whole side."""
    yield _edit("sign", "the sign", term, _negated(term))
    for factor in _NUMBERS:
        yield _edit("factor", f"a factor {_told(1 / factor)}", term, _times(term, number(factor)))
    for letter in around.letters:
        name = f"a factor {_name(letter)}"
        yield _edit("letter factor", name, term, _times(term, letter))
        yield _edit("letter factor", name, term, _times(term, _inverse(letter)))
        if letter.head == "power":
            root = letter.args[0]
            double = _times(root, number(2))
            what = "the derivative with respect to the square against that with respect to the root"
            yield _edit("sigma against sigma squared", what, term, _times(term, double))
            yield _edit("sigma against sigma squared", what, term, _times(term, _inverse(double)))
    yield _edit("inverted", "numerator and denominator exchanged", term, _inverse(term))
    for addend in around.addends:
        if addend.head != "number" or addend.data:
            yield _edit("dropped term", f"the term {_name(addend)} dropped", term, _sum(term, addend))
            yield _edit("dropped term", f"the term {_name(addend)} dropped", term, _sum(term, _negated(addend)))
    yield _edit("floor", "rounded down or not", term, _apply("floor", term))


def _local(node: Term, around: Surroundings, context: str) -> Iterator[Edit]:
    """Changes of one part."""
    if node.head in _LOCAL:
        yield from _LOCAL[node.head](node, around)
    if context in ("add", "sum", "product", "apply") and node.head not in ("bare", "relation"):
        if context != "add":
            yield _edit("sign", f"the sign of {_shown(node)}", node, _negated(node))
        if context != "apply" or node.head != "number":
            for factor in _NUMBERS:
                yield _edit("factor", f"a factor {_told(1 / factor)} in {_shown(node)}", node, _times(node, number(factor)))
    if context == "add":
        for letter in around.letters:
            yield _edit("letter factor", f"a factor {_name(letter)} in one term", node, _times(node, letter))
            yield _edit("letter factor", f"a factor {_name(letter)} in one term", node, _times(node, _inverse(letter)))
    if context == "sum":
        for indicator in around.indicators:
            if indicator.head not in {part.head for part in node.walk()}:
                yield _edit("indicator", "the indicator dropped", node, _times(node, indicator))


def _adds(node: Term, around: Surroundings) -> Iterator[Edit]:
    yield _edit("power", "the power of a bracket", node, Term("power", (node, number(2))))
    for place, addend in enumerate(node.args):
        rest = (*node.args[:place], *node.args[place + 1 :])
        which = ("first", "second", "third", "fourth", "fifth")[place] if place < 5 else f"{place + 1}th"
        yield _edit(
            "sign",
            f"the sign of the {which} term",
            addend,
            node._replace(args=(*node.args[:place], _negated(addend), *node.args[place + 1 :])),
        )
        yield _edit("extra term", f"the {which} term too much", addend, rest[0] if len(rest) == 1 else node._replace(args=rest))
    if len(node.args) == 2 and is_letter(node.args[0]) and node.args[0].data in around.sizes and _is_one(node.args[1]):
        yield _edit("n against n-1", "n against n − 1", node, node.args[0])


def _is_one(term: Term) -> bool:
    return term.head == "multiply" and len(term.args) == 2 and all(a.head == "number" and abs(a.data) == 1 for a in term.args)


def _multiplies(node: Term, around: Surroundings) -> Iterator[Edit]:
    for place, factor in enumerate(node.args):
        rest = (*node.args[:place], *node.args[place + 1 :])
        without = rest[0] if len(rest) == 1 else node._replace(args=rest)
        if factor.head == "number" and factor.data == -1:
            yield _edit("sign", f"the sign of {_shown(node)}", node, without)
        elif factor.head == "number" or (factor.head == "power" and factor.args[0].head == "number"):
            yield _edit("factor", f"a factor {_name(factor)} too much", factor, without)
        elif factor.head in ("delta", "indicator"):
            yield _edit("indicator", "an indicator too much", factor, without)
        else:
            yield _edit("letter factor", f"a factor {_name(factor)} too much", factor, without)


def _powers(node: Term, around: Surroundings) -> Iterator[Edit]:
    root, exponent = node.args
    value = _value(exponent)
    if value is None:
        return
    name = _shown(root) or "this"
    for other in (value + 1, value - 1, 2 * value, value / 2, -value, Fraction(1)):
        if other != value and other != 0:
            kind = "inverted" if other == -value and abs(value) == 1 else "power"
            yield _edit(kind, f"the power of {name}", node, node._replace(args=(root, number(other))))


def _value(term: Term) -> Fraction | None:
    if term.head == "number":
        return term.data  # type: ignore[no-any-return]
    if term.head == "multiply" and len(term.args) == 2:
        values = [_value(part) for part in term.args]
        return None if None in values else values[0] * values[1]  # type: ignore[operator]
    if term.head == "power":
        root, exponent = (_value(part) for part in term.args)
        if root and exponent == -1:
            return 1 / root
    return None


def _letters(node: Term, around: Surroundings) -> Iterator[Edit]:
    for place, index in enumerate(node.args):
        for other in around.indices:
            if not is_letter(index, other):
                changed = node._replace(args=(*node.args[:place], Term("letter", (), other), *node.args[place + 1 :]))
                yield _edit("index", f"an index of {_shown(node)}", node, changed)
        for label in around.labels:
            if bare(label) != bare(index) and is_letter(index):
                changed = node._replace(args=(*node.args[:place], label, *node.args[place + 1 :]))
                yield _edit("index", f"an index of {_shown(node)}", node, changed)
        if index.head == "letter" and len(index.args) == 1:  # mu_{y_i d}: the label instead of the class
            for other in around.indices:
                inner = index._replace(args=(Term("letter", (), other),))
                yield _edit(
                    "index",
                    f"an index of {_shown(node)}",
                    node,
                    node._replace(args=(*node.args[:place], inner, *node.args[place + 1 :])),
                )
    if len(node.args) == 2:
        yield _edit("index", f"the indices of {_shown(node)} exchanged", node, node._replace(args=(node.args[1], node.args[0])))
    yield _edit("power", f"the power of {_shown(node)}", node, Term("power", (node, number(2))))
    if not node.args and node.data in around.sizes:
        yield _edit("n against n-1", "n against n − 1", node, _sum(node, number(-1)))
    if not node.args and node.data in around.indices:
        for other in around.indices:
            if other != node.data:
                yield _edit("index", f"the index {node.data}", node, node._replace(data=other))


def _bigs(node: Term, around: Surroundings) -> Iterator[Edit]:
    body, lower, upper, *conditions = node.args
    ends = [end for end in around.ends if bare(end) != bare(upper)]
    if upper.head != "bare":
        ends += [_sum(upper, number(-1)), _sum(upper, number(1))]
        if upper.head == "add" and len(upper.args) == 2:
            ends.append(upper.args[0])
    for end in ends:
        yield _edit("range", f"the range of the {node.head}", node, node._replace(args=(body, lower, end, *conditions)))
    if lower.head == "number":
        for start in (lower.data - 1, lower.data + 1):
            yield _edit(
                "range", f"the range of the {node.head}", node, node._replace(args=(body, number(start), upper, *conditions))
            )


def _applied(node: Term, around: Surroundings) -> Iterator[Edit]:
    if node.data in ("floor", "ceiling"):
        yield _edit("floor", "rounded down or not", node, node.args[0])


def _deltas(node: Term, around: Surroundings) -> Iterator[Edit]:
    sides = node.args if node.head == "delta" else node.args[0].args if node.args and node.args[0].head == "relation" else ()
    for place, side in enumerate(sides):
        if is_letter(side):
            for other in around.indices:
                if other != side.data:
                    changed = (*sides[:place], Term("letter", (), other), *sides[place + 1 :])
                    inner = (
                        node._replace(args=changed)
                        if node.head == "delta"
                        else node._replace(args=(node.args[0]._replace(args=changed),))
                    )
                    yield _edit("index", "an index of the indicator", node, inner)


def _transposes(node: Term, around: Surroundings) -> Iterator[Edit]:
    yield _edit("transposed", f"{_shown(node.args[0])} transposed", node, node.args[0])


_LOCAL: dict[str, Callable[[Term, Surroundings], Iterator[Edit]]] = {
    "add": _adds, "multiply": _multiplies, "power": _powers, "letter": _letters, "sum": _bigs, "product": _bigs,
    "apply": _applied,
    "delta": _deltas, "indicator": _deltas, "transpose": _transposes,
}  # fmt: skip


def _edit(kind: str, sentence: str, part: Term, new: Term) -> Edit:
    return Edit(kind, sentence, part.start, part.end, new)


def _negated(term: Term) -> Term:
    if term.head == "multiply" and term.args[0].head == "number" and term.args[0].data == -1 and len(term.args) == 2:
        return term.args[1]
    return Term("multiply", (number(-1), term))


def _times(term: Term, factor: Term) -> Term:
    return Term("multiply", (factor, term))


def _inverse(term: Term) -> Term:
    return Term("power", (term, number(-1)))


def _sum(term: Term, addend: Term) -> Term:
    return Term("add", (*_addends(term), addend))


def _apply(name: str, term: Term) -> Term:
    return Term("apply", (term,), name)


def _told(factor: Fraction) -> str:
    return str(factor)


def _name(term: Term) -> str:
    if term.head == "number":
        return str(term.data)
    if term.head == "letter":
        return f"{term.data}" + (f"_{''.join(_name(a) for a in term.args)}" if term.args else "")
    if term.head == "power" and len(term.args) == 2:
        exponent = _value(term.args[1])
        return f"1/{_name(term.args[0])}" if exponent == -1 else f"{_name(term.args[0])}^{_name(term.args[1])}"
    if term.head == "multiply" and len(term.args) <= 3:
        return " ".join(_name(a) for a in term.args)
    return {"sum": "with the sum", "product": "with the product", "add": "in brackets", "apply": f"with {term.data}"}.get(
        term.head, term.head
    )


def _shown(term: Term) -> str:
    return _name(term)


__all__ = ["WEIGHTS", "Edit", "Surroundings", "bare", "edits_of", "surroundings_of"]
