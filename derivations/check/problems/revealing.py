"""The solution of a problem, for those who ask for it: accepted answers, numbers of networks, the reference derivation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derivations.check.problems.problem import Problem
from derivations.render.letters import to_unicode


def revealed(problem: Problem) -> str:
    """The solution as text; nothing where a problem has none.

    >>> from derivations.check.problems.library import problem
    >>> print(revealed(problem("recurrent/parameters")).splitlines()[0])
    An Elman network: parameters
    """
    parts = [*_answers(problem), *_numbers(problem), *_derivations(problem)]
    return "\n\n".join([f"{problem.title}\n{problem.asked}".strip(), *parts]) + "\n" if parts else ""


def _answers(problem: Problem) -> Iterator[str]:
    if problem.answers:
        rows = [f"  {to_unicode(text)}" for answer in problem.answers for text in (answer.formula, *answer.also)]
        yield "\n".join(["accepted answers", *rows])


def _numbers(problem: Problem) -> Iterator[str]:
    if problem.numbers:
        yield "\n".join(["numbers", *(f"  {name}: {value}" for name, value in problem.numbers.items())])
    if not problem.networks:
        return
    from derivations.subjects.networks.counts import count
    from derivations.subjects.networks.reading import architecture

    for name in problem.networks:
        counts = count(architecture(name), problem.convention)
        quantities = problem.quantities or ("parameters",)
        table = [["layer", *(quantity.replace("_", " ") for quantity in quantities)]]
        table += [[layer.name, *(_shown(layer[quantity]) for quantity in quantities)] for layer in counts.layers]
        table.append(["in total", *(_shown(counts.totals[quantity]) for quantity in quantities)])
        yield "\n".join([f"{name}, convention {problem.convention}", *_columns(table)])


def _columns(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows of a table, names to the left and numbers to the right."""
    across = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        numbers = "".join(cell.rjust(width + 2) for cell, width in zip(row[1:], across[1:], strict=True))
        yield f"  {row[0].ljust(across[0])}{numbers}"


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value).replace("**", "^").replace("*", "·")


def _derivations(problem: Problem) -> Iterator[str]:
    if not problem.reference:
        return
    from derivations.subjects.catalogue import derive

    for entry in problem.reference:
        yield derive(entry).to_text().rstrip()
