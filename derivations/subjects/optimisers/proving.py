"""From relations between two iterations to a derivation: the recurrences as premises, the relations by induction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Basic, Expr, Indexed, Integer, Pow
from sympy.core.function import AppliedUndef

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import (
    POSITIVE,
    Declaration,
    Declarations,
    function,
    index,
    scalar,
    sequence,
    size,
)  # fmt: skip
from derivations.subjects.optimisers.iteration import (
    COUNTER,
    START,
    Assignment,
    Iteration,
    Parameter,
    before_of,
    letter,
    oracle,
)  # fmt: skip
from derivations.subjects.optimisers.linear import CONSTANT
from derivations.subjects.optimisers.oracles import ORACLES
from derivations.subjects.optimisers.reading import LATEX
from derivations.subjects.optimisers.relations import Relation
from derivations.subjects.optimisers.transformed import moreau
from numeric.domains import Domain

_STEPS = size("T", "number of steps")
T = _STEPS.head
_K = index("k", T, "step", lower=0)
_N = index("n", T, "step, from the second on")
k, n = _K.head, _N.head
GAP, STEP, POINT = "gap", "any_step", "any_point"
"""Names that a proof needs beside those of the methods."""
_MARK = {"a": "{}", "b": r"\tilde{{{}}}"}


@dataclass
class Scene:
    """The symbols of a proof about two iterations, and the translation of their assignments into entries of sequences."""

    a: Iteration
    b: Iteration
    parameters: tuple[Parameter, ...]
    scheduled: tuple[str, ...] = ()
    timed_oracles: bool = True
    open_start: bool = False
    conjugates: tuple[str, ...] = ()
    corrections: dict[Expr, tuple[str, Expr]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.conjugates:
            self.timed_oracles = False
        bases = {p.base for one in (self.a, self.b) for s in one.step for p in s.value.atoms(Pow) if p.exp == COUNTER}
        for number, base in enumerate(sorted(bases, key=str), start=1):
            self.corrections[1 - base**COUNTER] = (f"c{number}", base)

    @cached_property
    def declarations(self) -> Declarations:
        """Step indices, parameters, the starting point, both states, the oracles."""
        entries: list[Declaration] = [_STEPS, _K, _N]
        for p in self.parameters:
            latex, meaning, domain = (
                p.latex or LATEX.get(p.name, p.name),
                MEANINGS.get(p.name, "coefficient"),
                Domain(p.kind),
            )
            if p.name in self.scheduled:
                shape, first = f"{_escaped(latex)}_{{{{{{0}}}}}}", -1 if self._looks_back(p.name) else 0
                entries.append(sequence(self.called(p.name), (T,), shape, f"{meaning} at step k", start=first, domain=domain))
            else:
                entries.append(scalar(self.called(p.name), _escaped(latex), meaning, domain))
        if self.open_start:
            for state in self.b.state:
                latex = f"{_escaped(LATEX.get(state, state))}_{{{{0}}}}"
                entries.append(scalar(f"{START}_{state}", latex, f"starting value of {state}"))
        else:
            entries.append(scalar(str(START), r"\theta_{{0}}", "starting point"))
        for name, base in self.corrections.values():
            entries.append(
                sequence(name, (T,), f"c_{{{{{name[1:]}}}}}^{{{{({{0}})}}}}", f"bias correction for {base}", domain=POSITIVE)
            )
        for side, one in (("a", self.a), ("b", self.b)):
            for state in one.state:
                shape = _MARK[side].format(_escaped(LATEX.get(state, state))) + "^{{({0})}}"
                entries.append(sequence(f"{side}_{state}", (T,), shape, f"{state} of {one.title}"))
        if self.conjugates:
            entries += [scalar(STEP, "s", "any step", POSITIVE), scalar(POINT, "z", "any point")]
        primal = {ORACLES[name].conjugate for name in self.conjugates}
        for name in sorted({*self.a.oracles, *self.b.oracles, *primal}):
            entries.append(function(name, self._oracle_latex(name), self._oracle_meaning(name)))
        return Declarations(tuple(entries))

    def called(self, parameter: str) -> str:
        """The name under which a parameter is declared: its own, unless the proof gives that to something else."""
        taken = {"T", "k", "n", GAP, STEP, POINT, *ORACLES, *(name for name, _ in self.corrections.values())}
        names = {p.name for p in self.parameters}
        while parameter in taken or parameter.startswith(("a_", "b_", f"{START}_")):
            parameter = f"the_{parameter}"
            while parameter in names:
                parameter += "_"
        return parameter

    def _oracle_latex(self, name: str) -> str:
        shape = ORACLES[name].latex
        if ORACLES[name].arguments == 2:
            return f"{shape}({{1}}; {{2}})" if self.timed_oracles else f"{shape}({{0}}; {{1}})"
        return f"{shape}_{{{{{{0}}}}}}({{1}})" if self.timed_oracles else f"{shape}({{0}})"

    def _oracle_meaning(self, name: str) -> str:
        meaning = ORACLES[name].meaning
        return meaning.replace(", an", " at step k, an") if self.timed_oracles and ORACLES[name].arguments == 1 else meaning

    @cached_property
    def _heads(self) -> dict[str, Any]:
        declared = self.declarations
        return {p.name: declared[self.called(p.name)].head for p in self.parameters}

    def _looks_back(self, name: str) -> bool:
        """Whether a step uses the coefficient of the step before, so that there has to be one before the first."""
        late = letter(before_of(name))
        return any(late in a.value.free_symbols for one in (self.a, self.b) for a in one.step)

    def starting_point(self, side: str, state: str) -> Expr:
        """Where a state variable that starts at the starting point starts."""
        return self.declarations[f"{START}_{state}" if self.open_start else str(START)].head

    def entry(self, side: str, state: str, at: Expr) -> Indexed:
        """The entry of a state variable's sequence."""
        return self.declarations[f"{side}_{state}"].head[at]

    def coefficient(self, expression: Expr, at: Expr) -> Expr:
        """Parameters as they are at a step: scheduled ones as entries of their sequences."""
        mapping: dict[Basic, Basic] = {}
        for p in self.parameters:
            head = self._heads[p.name]
            mapping[p.symbol] = head[at] if p.name in self.scheduled else head
            mapping[letter(before_of(p.name))] = head[at - 1] if p.name in self.scheduled else head
            mapping[letter(f"{p.name}__0")] = head[at] if p.name in self.scheduled else head
        mapping[COUNTER] = at + 1
        return expression.xreplace(mapping)

    def translated(self, expression: Expr, env: Mapping[str, Expr], at: Expr) -> Expr:
        """An assignment's value with variables from `env`, coefficients and oracles at a step."""
        corrected = {old: letter(f"correction_{name}") for old, (name, _) in self.corrections.items()}
        expression = expression.xreplace(corrected)
        names = {letter(name): value for name, value in env.items()}
        for name, _ in self.corrections.values():
            names[letter(f"correction_{name}")] = self.declarations[name].head[at]
        names[COUNTER] = at + 1
        return self._oracles(self.coefficient(expression, at), names, at)

    def _oracles(self, expression: Basic, names: Mapping[Basic, Basic], at: Expr) -> Basic:
        if expression in names:
            return names[expression]
        if not expression.args or isinstance(expression, Indexed):
            return expression
        arguments = [self._oracles(a, names, at) for a in expression.args]
        if isinstance(expression, AppliedUndef):
            timed = (at, *arguments) if self.timed_oracles else tuple(arguments)
            return oracle(expression.func.__name__)(*timed)
        return expression.func(*arguments)


MEANINGS = {
    "eta": "learning rate", "mu": "momentum", "tau": "dampening", "lam": "weight decay", "eps": "ε of the denominator",
    "beta1": "decay of the first moment", "beta2": "decay of the second moment", "rho": "decay of the mean square",
}  # fmt: skip


def _escaped(latex: str) -> str:
    return latex.replace("{", "{{").replace("}", "}}")


def prove(
    scene: Scene,
    relations: Sequence[Relation],
    *,
    late: bool,
    name: str,
    title: str,
    summary: str,
    sentence: str,
    concluded: Sequence[str],
    open_start: bool = False,
) -> Derivation:
    """The derivation: recurrences and initial conditions, the relations by induction, the iterates at the start.

    `late`: the relations hold from step 1 on, because a method has a first step of its own or a relation uses the
    coefficients of the step before. `concluded`: the pivots whose relations are concluded. `open_start`: b starts anywhere, and a
    where the relations say.
    Raises: RuleError when a base case or a step does not hold.
    """
    proof = Proof(scene.declarations)
    premises(proof, scene, relations if open_start else ())
    at = n if late else k
    claims = [_claim(scene, relation, at) for relation in relations]
    proof.heading("Induction" if not late else "The first step, and induction from the second on")
    first = []
    if late:
        outputs = scene.entry("b", scene.b.output, k), scene.entry("a", scene.a.output, k)
        if f"b.{scene.b.output}" in concluded and _same(relations, scene):
            first = [proof.step("base_case", index=k, left=outputs[0], right=outputs[1])]
    numbers = [m for m, r in enumerate(relations, start=1) if r.pivot in concluded]
    positions = proof.by_induction(at, claims, numbers=numbers)
    return proof.done(name, title, summary, Kind.EQUIVALENT, (*first, *positions), sentence)


def premises(proof: Proof, scene: Scene, relations: Sequence[Relation] = ()) -> None:
    """Initial conditions and recurrences of both iterations; with `relations`, a starts where they say."""
    for name in scene.conjugates:
        proof.heading("Moreau's identity")
        step, point = (scene.declarations[n].head for n in (STEP, POINT))
        note = f"For a closed, proper and convex function {ORACLES[name].objective}"
        proof.step("define", left=oracle(name)(step, point), right=moreau(name, step, point), note=note)
    for side, one in (("b", scene.b), ("a", scene.a)) if relations else (("a", scene.a), ("b", scene.b)):
        proof.heading(one.title[0].upper() + one.title[1:])
        _start(proof, scene, side, one, relations if side == "a" else ())
        _state(proof, scene, side, one)
    _state_corrections(proof, scene)


def _same(relations: Sequence[Relation], scene: Scene) -> bool:
    return any(r.pivot == f"b.{scene.b.output}" and r.terms == ((f"a.{scene.a.output}", Integer(1)),) for r in relations)


def _claim(scene: Scene, relation: Relation, at: Expr) -> tuple[Expr, Expr]:
    def entry(name: str) -> Expr:
        side, _, state = name.partition(".")
        return Integer(1) if name == CONSTANT else scene.entry(side, state, at)

    right = sum((scene.coefficient(c, at) * entry(name) for name, c in relation.terms), Integer(0))
    return entry(relation.pivot), right


def _start(proof: Proof, scene: Scene, side: str, one: Iteration, relations: Sequence[Relation]) -> None:
    """Initial entries as the iteration says, or as the relations to the other iteration say."""
    for relation in relations:
        left, right = _claim(scene, relation, Integer(0))
        proof.step("initial", left=left, right=right)
    if relations:
        return
    for assignment in one.start:
        values: dict[str, Expr] = {str(START): scene.starting_point(side, assignment.name)}
        value = scene.translated(assignment.value, values, Integer(0))
        proof.step("initial", left=scene.entry(side, assignment.name, Integer(0)), right=value)


def _state(proof: Proof, scene: Scene, side: str, one: Iteration) -> None:
    """The first step of its own, if there is one, and the recurrences of one iteration."""
    if one.first:
        for state, value in _unrolled(scene, side, one, one.first, Integer(0)):
            proof.step("initial", left=scene.entry(side, state, Integer(1)), right=value)
    at = n if one.first else k
    for state, value in _unrolled(scene, side, one, one.step, at):
        proof.step("recurrence", left=scene.entry(side, state, at + 1), right=value, index=at)


def _unrolled(scene: Scene, side: str, one: Iteration, program: tuple[Assignment, ...], at: Expr) -> list[tuple[str, Expr]]:
    """New value of every state variable in the order of their last assignment; what was assigned before is referred to."""
    env: dict[str, Expr] = {state: scene.entry(side, state, at) for state in one.state}
    last = {assignment.name: position for position, assignment in enumerate(program)}
    found: list[tuple[str, Expr]] = []
    for position, assignment in enumerate(program):
        value = scene.translated(assignment.value, env, at)
        if assignment.name in one.state and last[assignment.name] == position:
            found.append((assignment.name, value))
            value = scene.entry(side, assignment.name, at + 1)
        env[assignment.name] = value
    untouched = [state for state in one.state if state not in last]
    return [*((state, scene.entry(side, state, at)) for state in untouched), *found]


def _state_corrections(proof: Proof, scene: Scene) -> None:
    """The bias corrections 1 − βᵗ as positive sequences, and the proof that this is what they are."""
    if scene.corrections:
        proof.heading("Bias corrections")
    for name, base in scene.corrections.values():
        head, beta = scene.declarations[name].head, scene.coefficient(base, k)
        proof.step("initial", left=head[0], right=1 - beta)
        proof.step("recurrence", left=head[k + 1], right=beta * head[k] + 1 - beta, index=k)
        proof.by_induction(k, ((head[k], 1 - beta ** (k + 1)),))
