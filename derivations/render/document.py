"""What every format lays out: a derivation as title, symbols, sections of lines, conditions and conclusion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sympy import Basic, Expr, Indexed, Symbol

from derivations.core.derivation import Derivation, Step
from derivations.core.statements import Equation, expressions_of
from derivations.render.layout import Layout
from derivations.render.legend import Entry, legend
from derivations.render.mathematics import Composer
from derivations.render.notation import Notation, notation_for
from derivations.render.sentences import (
    Row,
    condition_rows,
    row_layout,
    rows_of_statement,
    rule_words,
)


@dataclass(frozen=True)
class Line:
    """One written line. `left` is None when it continues the line above; `arrow` says it is equivalent to that line.

    `number` is the position of its step counted from 1; `sources` are the numbers of its premises where they are
    not simply the line above; `evidence` is one of the four words, or empty for a premise. `note` is a sentence between
    this line and the one it continues; `cites` is the name of the derivation that a lemma comes from.
    """

    number: int
    left: Layout | None
    relation: str
    right: Layout
    rule: str
    sources: tuple[int, ...] = ()
    premise: bool = False
    arrow: bool = False
    concluding: bool = False
    evidence: str = ""
    reason: str = ""
    remark: str = ""
    conditions: tuple[Layout, ...] = ()
    note: str = ""
    cites: str = ""


@dataclass(frozen=True)
class Block:
    """A sentence for the reader, and the lines under it that share one alignment."""

    note: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Section:
    """Blocks under one heading; the heading may be empty."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A derivation ready to be laid out in any format; where nothing is concluded, `results` and `evidence` are empty."""

    name: str
    title: str
    summary: str
    evidence: str
    kind: str
    symbols: tuple[Entry, ...]
    sections: tuple[Section, ...]
    conclusion: str
    results: tuple[Row, ...]
    where: tuple[Row, ...]
    conditions: tuple[Layout, ...]


def document_of(derivation: Derivation) -> Document:
    """The derivation as a document, in its own notation."""
    compose = Composer(notation_of(derivation))
    meanings = _meanings(derivation.steps)
    results = [row for said in derivation.conclusions for row in rows_of_statement(said, compose, meanings)]
    return Document(
        name=derivation.name,
        title=derivation.title,
        summary=derivation.summary,
        evidence=str(derivation.evidence) if results else "",
        kind=str(derivation.conclusion.kind),
        symbols=tuple(legend(derivation, compose)),
        sections=tuple(_sections(derivation, compose)),
        conclusion=derivation.conclusion.sentence,
        results=tuple(results),
        where=tuple(_where(derivation, compose)),
        conditions=tuple(row_layout(row) for row in condition_rows(derivation.conditions, compose)),
    )


def notation_of(derivation: Derivation) -> Notation:
    """The notation of a derivation: what its model draws counts as data."""
    return notation_for(derivation.declarations, (draw.target.base for draw in derivation.model))


def _sections(derivation: Derivation, compose: Composer) -> Iterator[Section]:
    heading, blocks = "", list[Block]()
    note, lines = "", list[Line]()
    for position, step in enumerate(derivation.steps):
        continues = bool(lines) and not step.heading and _continues(derivation.steps, position)
        if lines and not continues:
            blocks.append(Block(note, tuple(lines)))
            note, lines = "", []
        if step.heading:
            if blocks:
                yield Section(heading, tuple(blocks))
            heading, blocks = step.heading, []
        if not lines:
            note = step.note
        lines += _lines(derivation, position, continues, compose)
    if lines:
        blocks.append(Block(note, tuple(lines)))
    if blocks:
        yield Section(heading, tuple(blocks))


def _continues(steps: Sequence[Step], position: int) -> bool:
    """Whether a step carries on the equation of the step before: the same left side, or an equivalent equation."""
    before, step = steps[position - 1], steps[position]
    return position - 1 in step.premises and (_same_left(before, step) or _equivalent(before, step))


def _lines(derivation: Derivation, position: int, continues: bool, compose: Composer) -> list[Line]:
    """The lines of one step; `continues` says that the first carries on the line above."""
    step = derivation.steps[position]
    before = derivation.steps[position - 1]
    rows = rows_of_statement(step.statement, compose, _meanings(derivation.steps[:position]))
    line = Line(
        number=position + 1,
        left=None if continues and _same_left(before, step) else rows[0].left,
        relation=rows[0].relation,
        right=rows[0].right,
        rule=rule_words(step.rule),
        sources=tuple(n + 1 for n in step.premises) if step.premises != (position - 1,) else (),
        premise=step.evidence is None,
        arrow=continues and _equivalent(before, step),
        concluding=position in derivation.conclusion.steps,
        evidence="" if step.evidence is None else str(step.evidence.word),
        reason="" if step.evidence is None else step.evidence.reason,
        remark=rows[0].remark,
        conditions=tuple(row_layout(row) for row in condition_rows(step.conditions, compose)),
        note=step.note if continues else "",
        cites=str(dict(step.arguments).get("name", "")) if step.rule == "lemma" else "",
    )
    rest = replace(line, rule="", sources=(), arrow=False, evidence="", reason="", conditions=(), note="", cites="")
    more = [replace(rest, left=r.left, relation=r.relation, right=r.right, remark=r.remark) for r in rows[1:]]
    return [line, *more]


def _meanings(steps: Sequence[Step]) -> dict[Expr, Expr]:
    said = [step.statement for step in steps if step.rule == "define"]
    return {statement.left: statement.right for statement in said if isinstance(statement, Equation)}


def _where(derivation: Derivation, compose: Composer) -> Iterator[Row]:
    """The definitions of the names that the results and their conditions use, in the order they were made."""
    statements = (*derivation.conclusions, *derivation.conditions)
    said = [expression for statement in statements for expression in expressions_of(statement)]
    concluded = {expression for statement in derivation.conclusions for expression in expressions_of(statement)}
    used = {_head(part) for expression in said for part in expression.atoms(Indexed, Symbol)}
    for left, right in _meanings(derivation.steps).items():
        if isinstance(left, (Indexed, Symbol)) and _head(left) in used and left not in concluded:
            yield Row(compose(left), "=", compose(right))


def _head(symbol: Expr) -> Basic:
    return symbol.base if isinstance(symbol, Indexed) else symbol


def _same_left(before: Step, step: Step) -> bool:
    if not isinstance(before.statement, Equation) or not isinstance(step.statement, Equation):
        return False
    return before.statement.left == step.statement.left and not step.statement.unknown


def _equivalent(before: Step, step: Step) -> bool:
    """Whether both are equations in the same unknowns, so that one restricts them as the other does."""
    if not isinstance(before.statement, Equation) or not isinstance(step.statement, Equation):
        return False
    return bool(step.statement.unknown) and before.statement.unknown == step.statement.unknown
