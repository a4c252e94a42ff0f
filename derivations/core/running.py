"""Sequences run on instances: a meaning for every name of a derivation that the slow evaluator can compute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from zlib import crc32

from sympy import (
    Add,
    Basic,
    Derivative,
    Eq,
    Expr,
    Function,
    Ge,
    Indexed,
    IndexedBase,
    Lambda,
    Piecewise,
    Rational,
    Symbol,
    nan,
    sin,
    true,
)
from sympy.core.function import AppliedUndef, UndefinedFunction

from derivations.core.binding import free_symbols, substitute
from derivations.core.definitions import Definition, definitions_of
from derivations.core.functions import BY_NAME, antiderivative_name, named_function, prime
from derivations.core.sequences import Recurrence, recurrences_of
from derivations.core.statements import Bounded, expressions_of
from derivations.core.symbols import Declaration, Declarations, Head

if TYPE_CHECKING:
    from derivations.core.derivation import Step


def running(declarations: Declarations, steps: Iterable[Step]) -> tuple[Declarations, dict[Head, Definition]]:
    """What the slow evaluator needs to run the sequences: declarations of what is drawn, and a meaning for every name.

    A sequence becomes its clauses, one case each; entries that no clause gives are drawn. The derivative of one entry of a
    sequence by another is taken by the evaluator, whatever the clauses say of it. An array that starts elsewhere than at 1
    is read from a drawn array that starts at 1. A function such as sigmoid is what its name says where no step says it; one
    that is left arbitrary, such as a gradient, becomes a polynomial, or a sine as large as the bound assumed of it.
    """
    steps = tuple(steps)
    meanings = dict(definitions_of(steps))
    recurrences = recurrences_of(steps, declarations)
    drawn: list[Declaration] = []
    for head, known in recurrences.items():
        entry = declarations.find(head)
        assert entry is not None
        shadow, rest = _from_one(entry)
        if _complete(known, entry):
            rest = rest[0], nan
        else:
            drawn.append(shadow)
        meanings[head] = _cases(known, rest)
    meanings |= _jacobians(steps)
    for entry in declarations:
        if entry.head not in meanings and any(start != 1 for start in entry.starts):
            shadow, meaning = _from_one(entry)
            drawn.append(shadow)
            meanings[entry.head] = meaning
    for entry in declarations:
        if entry.domain.kind == "function" and entry.name in BY_NAME:
            meanings.setdefault(entry.head, named_function(entry.name))
    if recurrences or any(antiderivative_name(entry.name) for entry in declarations):
        meanings |= _arbitrary_functions(steps, declarations, meanings)
    return declarations.extended(*drawn), meanings


def _complete(known: Recurrence, entry: Declaration) -> bool:
    """Whether every entry of the sequence is given by a clause."""
    start = entry.starts[known.axis] if entry.starts else 1
    before = set(range(start, known.step.first)) if known.step is not None else set()
    return known.step is not None and before <= {c.at for c in known.initial}


def _cases(known: Recurrence, rest: Definition) -> Definition:
    parameters, otherwise = rest
    at = parameters[known.axis]
    cases: list[tuple[Expr, Basic]] = [(c.entry(parameters), Eq(at, c.at, evaluate=False)) for c in known.initial]
    if known.step is not None:
        cases.append((known.step.entry(parameters), Ge(at, known.step.first, evaluate=False)))
    return parameters, Piecewise(*cases, (otherwise, true), evaluate=False)


def _jacobians(steps: Iterable[Step]) -> dict[Head, Definition]:
    """D[l, k, …, a, c] is ∂s[l+k, …, a]/∂s[l, …, c], as the `chain_rule` steps say."""
    found: dict[Head, Definition] = {}
    for step in steps:
        arguments = dict(step.arguments)
        left, of, by, index = (arguments.get(name) for name in ("left", "of", "by", "index"))
        if step.rule != "chain_rule" or not isinstance(left, Indexed) or not isinstance(of, Basic) or not isinstance(by, Indexed):
            continue
        start, after, *others = left.indices
        plain = [place for place in (start, *others) if isinstance(place, Symbol)]
        if isinstance(index, Symbol) and after == index + 1 and len(plain) == len(others) + 1:
            before = substitute(of, {index: index - 1})
            found[left.base] = ((plain[0], index, *plain[1:]), Derivative(before, by))
    return found


def _from_one(entry: Declaration) -> tuple[Declaration, Definition]:
    starts = entry.starts or (1,) * len(entry.axes)
    axes = tuple(axis - start + 1 for axis, start in zip(entry.axes, starts, strict=True))
    shadow = Declaration(f"{entry.name}_from_1", entry.domain, axes)
    parameters = tuple(Symbol(f"at_{n}", integer=True) for n in range(len(axes)))
    places = tuple(p - start + 1 for p, start in zip(parameters, starts, strict=True))
    return shadow, (parameters, shadow.head[places])


def _arbitrary_functions(
    steps: tuple[Step, ...], declarations: Declarations, meanings: Mapping[Head, Definition]
) -> dict[Head, Definition]:
    found: dict[Head, Definition] = _bounded_functions(steps)
    meanings = {**meanings, **found}
    for step in steps:
        for expression in expressions_of(step.statement):
            for call in expression.atoms(AppliedUndef):
                plain = not any(isinstance(argument, (IndexedBase, Lambda)) for argument in call.args)
                if plain and not _known(call.func, meanings) and declarations.find(call.func) is not None:
                    found[call.func] = _arbitrary(call.func.__name__, len(call.args))
    return found


def _bounded_functions(steps: Iterable[Step]) -> dict[Head, Definition]:
    """For |f(x, …, u)| ≤ S assumed of all arguments: f is S times a cosine, and a function whose derivative it is, of a sine."""
    found: dict[Head, Definition] = {}
    for step in steps:
        statement = step.statement
        bounded = isinstance(statement, Bounded) and isinstance(statement.expression, AppliedUndef)
        if step.rule != "assume_bound" or not bounded:
            continue
        assert isinstance(statement, Bounded)
        function, arguments = statement.expression.func, statement.expression.args
        if len(set(arguments)) < len(arguments) or not all(isinstance(a, Symbol) for a in arguments):
            continue
        if free_symbols(statement.bound) & set(arguments):
            continue
        parameters = tuple(Symbol(f"x_{n}", real=True) for n in range(len(arguments)))
        whole = statement.bound * sin(Add(*((n + 1) * x for n, x in enumerate(reversed(parameters)))))
        root = antiderivative_name(function.__name__)
        found[function] = parameters, whole.diff(parameters[-1])
        if root is not None:
            found[Function(root, real=True)] = parameters, whole
    return found


def _known(function: UndefinedFunction, meanings: Mapping[Head, Definition]) -> bool:
    """Whether the function or its derivative has a meaning, which an arbitrary one would contradict."""
    root = antiderivative_name(function.__name__)
    related = {function, prime(function), *((Function(root, real=True),) if root else ())}
    return bool(related & set(meanings))


def _arbitrary(name: str, arity: int) -> Definition:
    """A quadratic in each argument whose coefficients come from the name, to tell arguments and functions apart."""
    root = antiderivative_name(name)
    if root is not None:
        parameters, body = _arbitrary(root, arity)
        return parameters, body.diff(parameters[-1])
    seed = crc32(name.encode())
    parameters = tuple(Symbol(f"x_{n}", real=True) for n in range(arity))
    terms = [Rational(1 + seed % 5, 3)]
    for n, x in enumerate(parameters):
        terms.append(Rational(1 + (seed >> (3 + n)) % 7, 2) * x + Rational(1 + (seed >> (7 + n)) % 3, 5) * x**2)
    return parameters, Add(*terms)
