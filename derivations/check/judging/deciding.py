"""Deciding one relation in one world: a definition, an identity, an equation that follows, a value found, an inequality."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from sympy import Derivative, Expr, Indexed, IndexedBase, Integer, Pow, Rational, Sum, Symbol, exp, log
from sympy.core.function import AppliedUndef

from derivations.check.documents.pieces import Line
from derivations.check.judging.equivalence import equivalent, solution_of
from derivations.check.judging.formulas import Side
from derivations.check.judging.laboratory import DIGITS, Laboratory, Recurrence, atoms_of, is_value
from derivations.check.judging.outcome import HOLDS, Outcome, Target, given, right, undecided, wrong
from derivations.check.judging.reference import Reference, without_aliases
from derivations.check.judging.verdicts import Role
from derivations.check.judging.world import Hypothesis, World, key_of, parameters_of
from derivations.check.problems.problem import MARKS, Problem
from derivations.check.reader.terms import Term
from derivations.core.binding import free_symbols
from derivations.core.evidence import Evidence, Word
from numeric.duals import arithmetic
from numeric.refute import Separation

_DERIVATIVES = frozenset(("derivative", "gradient"))
_MATRICES = frozenset(("transpose", "trace", "determinant", "diagonal", "inner", "matrix", "hadamard", "norm"))
_SIZES = re.compile(r"output|size|width|convol|pool|stride|floor|round", re.IGNORECASE)
_MULTIPLIERS = frozenset(("lambda", "lam", "nu"))
MAX_COMPARED = 6
"""Earlier equations a new one is compared with."""


@dataclass(frozen=True)
class Situation:
    """Where a relation stands: the words before it, its line, its place in the chain."""

    cues: frozenset[str]
    words: str
    line: Line
    number: int
    adjacent: bool
    role: str = ""
    supposed: Mapping[Any, Any] = field(default_factory=dict)
    place: int = 0
    opens: bool = True
    retracted: bool = False
    after: tuple[Side | None, ...] = ()
    everywhere: bool = False
    head: object = None
    first: Side | None = None
    values_only: bool = False
    recent: str = ""
    follows: bool = False

    def at(
        self, place: int, opens: bool, retracted: bool, sides: Sequence[Side | None], everywhere: bool, head: object
    ) -> Situation:
        """The situation of one relation of a chain."""
        return replace(
            self, place=place, opens=opens and place == 0, retracted=retracted, after=tuple(sides[place + 2 :]), everywhere=everywhere,  # noqa: E501
            head=head, first=sides[0],
        )  # fmt: skip

    def consequent(self) -> Situation:
        """The same, when asked whether it follows from an error."""
        return replace(self, follows=True)


@dataclass(frozen=True)
class Decider:
    """Decides in one world with the instances of one chapter."""

    problem: Problem
    reference: Reference
    laboratory: Laboratory
    world: World
    seen: frozenset[object] = frozenset()

    # ------------------------------------------------------------------ equalities
    def equality(self, left: Side, side: Side, situation: Situation, relation: str) -> Outcome:
        """left = side."""
        if _is_matrix(left.term) or _is_matrix(side.term):
            return self._matrices(left, side, situation)
        if not (left.evaluable and side.evaluable):
            return undecided(Role.LINK, "parts of it have no value")
        try:
            return self._equality(left, side, situation, relation)
        except (RecursionError, ValueError, TypeError, AttributeError, ArithmeticError, LookupError) as failure:
            return undecided(Role.LINK, f"not evaluated: {failure}")

    def _equality(self, left: Side, side: Side, situation: Situation, relation: str) -> Outcome:
        world = self._supposing(situation)
        a, b = world.expand(left.expression), world.expand(side.expression)
        defined = self._definition(left, side, a, b, situation, relation)
        if defined is not None:
            return defined
        numbers = self._numbers(left, side, a, b, situation)
        if numbers is not None:
            return numbers
        same = self.laboratory.compare(a, b)
        if same.word in HOLDS:
            role = _role(situation, Role.LINK if situation.place or not situation.opens else Role.IDENTITY)
            return right(role, same, remarks=_domain_remark(same))
        if self._is_condition(left, side):
            return given(Role.EQUATION, "the condition for a stationary point", residual=a - b)
        recurrence = self._recurrence(left, side, a, b, situation)
        if recurrence is not None:
            return recurrence
        target = Target((left, side), a, b)
        adopted = self._adopted(left, a, b)
        if adopted is not None:
            return adopted
        if self._may_be_equation(left, side, situation):
            return self._as_equation(left, side, a, b, same, situation)
        if situation.opens and (outcome := self._redefined(left, same, situation, target)) is not None:
            return outcome
        if same.word is Word.REFUTED:
            if self._numbers_put_in(situation.opens, a, b):
                if situation.opens and left.evaluable and not situation.follows and self.problem.is_empty and not _is_name(left.term):  # noqa: E501
                    return given(Role.EQUATION, "the equation to start from", residual=a - b)
                return undecided(Role.NUMBER, "numbers put in for letters")
            return self._refuted_identity(left, side, a, b, same, situation, target)
        return undecided(Role.IDENTITY, same.reason)

    def _numbers_put_in(self, opens: bool, a: Expr, b: Expr) -> bool:
        """Whether one side is a number and the other one depends on letters: numbers were put in, or letters restricted."""
        heads = heads_of(a) | heads_of(b)
        if not opens and heads and all(str(getattr(head, "label", head)) in self.reference.primitive for head in heads):
            return False
        for number, letters in ((b, a), (a, b)):
            if number.is_number and not letters.is_number and not letters.has(exp, log, Sum):
                values = [v for v in self.laboratory.vector(letters) if is_value(v)]
                return not values or any(self.laboratory.differ(values[0], other) for other in values[1:])
        return False

    def _supposing(self, situation: Situation) -> World:
        if not situation.supposed:
            return self.world
        world = self.world.copy(self.world.blame or 0)
        for key, (parameters, body) in situation.supposed.items():
            world.define(key, parameters, body)
        return world

    # ------------------------------------------------------------------ definitions
    def _definition(self, left: Side, side: Side, a: Expr, b: Expr, situation: Situation, relation: str) -> Outcome | None:
        """The outcome when the relation gives a new name a meaning."""
        if situation.follows or (situation.everywhere and not situation.opens):
            return None
        if situation.opens:
            name = self._defines(left, side, a, b, situation, relation)
            if name is not None:
                if self._is_index(name):
                    return given(Role.PREMISE, "an index takes a value")
                role = Role.PREMISE if side.expression.is_number and isinstance(name, Symbol) else Role.DEFINITION
                return given(_role(situation, role), "a new name" if role is Role.DEFINITION else "a value given", defines=name)
        reverse = (
            self._defines(side, left, b, a, situation, "=")
            if not situation.after and relation == "=" and not situation.opens
            else None
        )
        if reverse is not None and not situation.retracted and left.expression.is_number:
            return given(Role.DEFINITION, "a new name", defines=("reverse", reverse))
        return None

    def _defines(self, left: Side, side: Side, a: Expr, b: Expr, situation: Situation, relation: str) -> Any:
        """The new name on the left, when there is one."""
        if situation.role in ("identity", "equation", "link", "answer"):
            return None
        name = key_of(left.expression)
        atom = a if isinstance(left.expression, AppliedUndef) and not isinstance(a, AppliedUndef) else left.expression
        if isinstance(left.expression, AppliedUndef) and self.world.opaque.holds(a):
            name, atom = key_of(a), a
        if (
            isinstance(left.expression, AppliedUndef)
            and left.expression.func.__name__ in _DERIVATIVES
            and not self.world.opaque.holds(a)
        ):
            return None
        if name is None or parameters_of(atom, b) is None or _occurs(name, side.expression, b):
            return None
        explicit = relation == ":=" or situation.role == "definition" or ("define" in situation.cues and situation.line.display)
        if name in self.world.definitions:
            if self._holds_other_objective(side, name) and name not in set(self.reference.objectives - self.reference.spellings):
                return name
            redefinable = name not in self.reference.fixed or (
                name in self.reference.spellings and self._holds_other_objective(side, name)
            )
            number_again = isinstance(name, Symbol) and side.expression.is_number and not situation.line.continues
            if redefinable and (
                (explicit and not situation.adjacent)
                or number_again
                or (explicit and relation == ":=")
                or name in self.reference.spellings
            ):
                same = self.laboratory.compare(a, b, proving=False)
                return None if same.word in HOLDS else name
            return None
        if self._is_known(name):
            return None
        if self._alias_of(name) is not None:
            return None
        if (
            name in self.seen
            and not explicit
            and not side.expression.is_number
            and (self.world.hypotheses or self.reference.solutions)
        ):
            return None
        if any(
            h.residual.has(name if not isinstance(name, str) else Symbol(name))
            for h in self.world.hypotheses
            if not isinstance(name, str)
        ):
            return None if not explicit else name
        if self.world.opaque.holds(a) and "therefore" in situation.cues and not explicit:
            return None
        if isinstance(left.expression, AppliedUndef) and left.expression.func.__name__ in self.problem.notation.probabilities:
            names = {part.func.__name__ for part in side.expression.atoms(AppliedUndef)}
            if names & self.problem.notation.probabilities:
                return None
        if not isinstance(atom, (Symbol, Indexed, AppliedUndef)):
            return None
        return name

    def _recurrence(self, left: Side, side: Side, a: Expr, b: Expr, situation: Situation) -> Outcome | None:
        """θ_{k+1} in terms of θ_k, or θ_0 = 0: a premise about a sequence, which all instances obey from here on."""
        target = left.expression
        if not (situation.opens and isinstance(target, Indexed) and len(target.indices) == 1) or situation.follows:
            return None
        name, index = target.base, target.indices[0]
        if name in self.world.definitions or self._is_known(name) or "therefore" in situation.cues:
            return None
        letters = sorted(free_symbols(index), key=str)
        others = [part.indices[0] for part in side.expression.atoms(Indexed) if part.base == name]
        if letters and not (others and all(other != index for other in others)):
            return None
        known = {(r.head, str(r.target.indices[0])) for r in self.laboratory.recurrences}
        if (name, str(index)) in known or (letters and any(r.head == name and r.index is not None for r in self.laboratory.recurrences)):  # noqa: E501
            return None
        if not letters and not index.is_Integer:
            return None
        self.laboratory.obey(Recurrence(name, target, self.world.expand(side.expression), letters[0] if letters else None))
        return given(_role(situation, Role.PREMISE), "a recurrence" if letters else "the start of a sequence")

    def _is_index(self, name: object) -> bool:
        """Whether a letter counts entries: a value said for it holds here and not for good."""
        return isinstance(name, Symbol) and self.laboratory.declarations.range_of(name) is not None

    def _holds_other_objective(self, side: Side, name: object) -> bool:
        """Whether a Lagrangian is being built: the right side holds the objective itself."""
        names = {part.func.__name__ for part in side.expression.atoms(AppliedUndef)}
        return bool(names & {str(n) for n in self.reference.objectives} - {str(name)})

    def _is_known(self, name: object) -> bool:
        """Whether the problem says what this letter is: data or a parameter."""
        label = name if isinstance(name, str) else str(getattr(name, "label", name))
        return label in self.reference.primitive and not self._marked(label)

    def _marked(self, label: str) -> bool:
        return label.rpartition("_")[2] in MARKS

    def _alias_of(self, name: Any) -> Any:
        """The unknown whose estimate this name is: declared by the problem, or a marked letter of an equation in force."""
        if name in self.reference.aliases:
            return self.reference.aliases[name]
        label = str(getattr(name, "label", name))
        root, _, mark = label.rpartition("_")
        if mark not in MARKS or not root:
            return None
        for hypothesis in reversed(self.world.hypotheses):
            for atom in hypothesis.residual.atoms(Indexed, Symbol):
                if str(getattr(atom, "base", atom)) == root:
                    return atom
        return None

    def _redefined(self, left: Side, same: Evidence, situation: Situation, target: Target) -> Outcome | None:
        """A name that was defined before and now is something else."""
        name = key_of(left.expression)
        if name is None or name not in self.world.definitions or name in self.reference.fixed or (isinstance(left.expression, AppliedUndef) and (  # noqa: E501
            left.expression.func.__name__ in _DERIVATIVES)):  # fmt: skip
            return None
        if (
            situation.adjacent
            and situation.head == name
            and same.word is Word.REFUTED
            and not target.sides[1].expression.is_number
        ):
            return None
        return undecided(Role.DEFINITION, "defined otherwise before; taken as a new definition", defines=name)

    def _adopted(self, left: Side, a: Expr, b: Expr) -> Outcome | None:
        """A letter of the objective used for its negative, its exponential or its mean: adopted, with a remark."""
        name = key_of(left.expression)
        if name not in self.reference.signed or not isinstance(left.expression, AppliedUndef):
            return None
        sizes = sorted({limit[2] for part in a.atoms(Sum) for limit in part.limits if limit[2].is_Symbol}, key=str)
        meant = [("the negative of the objective given: the log-likelihood itself", -a), ("the likelihood itself", exp(-a))]
        meant += [(f"the mean over {size}", sign * a / size) for size in sizes for sign in (1, -1)]
        for what, other in meant:
            same = self.laboratory.compare(other, b)
            if same.word in HOLDS:
                return right(Role.IDENTITY, same, remarks=(f"here the letter stands for {what}",), defines=name)
        return None

    # ------------------------------------------------------------------ numbers
    def _numbers(self, left: Side, side: Side, a: Expr, b: Expr, situation: Situation) -> Outcome | None:
        """Plain arithmetic, rounded decimals, and letters whose numbers were said before."""
        if not (a.is_number and b.is_number) or a.has(AppliedUndef) or b.has(AppliedUndef):
            return None
        values = self.laboratory.value(a, 0), self.laboratory.value(b, 0)
        if not all(map(is_value, values)):
            return None
        plain = left.expression.is_number and side.expression.is_number
        if not self.laboratory.differ(*values):
            return None
        if _is_rounded(values[0], side) or (_is_rounded(values[1], left) and not situation.after):
            return right(Role.NUMBER, Evidence(Word.AGREES, "equal after rounding"), remarks=("rounded",))
        if (
            isinstance(values[0], Fraction)
            and values[1] == values[0].numerator // values[0].denominator
            and _SIZES.search(situation.recent)
        ):
            return right(
                Role.NUMBER,
                Evidence(Word.AGREES, "equal after rounding down"),
                remarks=(f"rounded down from {float(values[0]):g}",),
            )
        evidence = Evidence(
            Word.REFUTED, f"{_shown(values[0])} is not {_shown(values[1])}", counterexample=Separation({}, {}, *values)
        )
        target = Target((left, side), a, b)
        if plain:
            return wrong(Role.NUMBER, evidence, target)
        keys = heads_of(left.expression) | heads_of(side.expression)
        if keys and keys <= self.reference.fixed:
            return wrong(Role.NUMBER, evidence, target)
        letters = ", ".join(sorted(str(s) for s in left.expression.free_symbols | side.expression.free_symbols))
        if isinstance(left.expression, Symbol) and situation.opens:
            return undecided(Role.PREMISE, f"{letters} had another value before", defines=left.expression)
        return undecided(Role.NUMBER, f"does not agree with the numbers given before for {letters}", target=target, unsure=True)

    # ------------------------------------------------------------------ equations
    def must_hold_everywhere(self, head: Side) -> bool:
        """Whether a chain that starts here is about values for all parameters: an objective, a derivative, a defined function."""
        expression = head.expression
        if isinstance(expression, AppliedUndef):
            return True
        if expression.has(Derivative) or any(p.func.__name__ in _DERIVATIVES for p in expression.atoms(AppliedUndef)):
            return True
        return any(p.func.__name__ in self.reference.objectives for p in expression.atoms(AppliedUndef))

    def _is_condition(self, left: Side, side: Side) -> bool:
        """∂ℓ/∂u = 0."""
        return (side.expression == 0 and self._is_derivative(left)) or (left.expression == 0 and self._is_derivative(side))

    def _is_derivative(self, side: Side) -> bool:
        expression = side.expression
        if isinstance(expression, Derivative):
            return True
        return isinstance(expression, AppliedUndef) and expression.func.__name__ in _DERIVATIVES

    def _may_be_equation(self, left: Side, side: Side, situation: Situation) -> bool:
        if situation.role in ("identity", "link"):
            return False
        if side.expression == 0 or left.expression == 0:
            return True
        if situation.everywhere:
            return False
        return bool(
            self.world.hypotheses
            or self.reference.solutions
            or situation.role == "equation"
            or situation.cues & {"assume", "goal"}
        )

    def _as_equation(self, left: Side, side: Side, a: Expr, b: Expr, same: Evidence, situation: Situation) -> Outcome:
        """An equation: it follows from those in force, or it is new, or wrong."""
        residual = without_aliases(self._unaliased(left.expression) - self._unaliased(side.expression), self.reference.aliases)
        residual = self._supposing(situation).expand(residual)
        solved_form = _is_unknown(left.expression) and not side.expression.has(_head(left.expression))
        role = _role(situation, Role.SOLVED if solved_form else Role.EQUATION)
        plain = [self._supposing(situation).expand(self._unaliased(part.expression)) for part in (left, side)]
        target = Target((left, side), plain[0], plain[1], tuple(h.residual for h in self._wanted(residual)), True)
        if situation.everywhere and situation.place >= 1 and side.expression == 0:
            return given(Role.EQUATION, "set to zero", residual=residual)
        if "zero" in situation.cues and situation.opens and side.expression == 0 and situation.line.role != "identity":
            self._set_to_zero(left, situation)
        verdict, refuted = self._compared(residual, situation)
        if verdict is not None:
            hypothesis, evidence, recent = verdict
            final = solved_form and (situation.line.boxed or hypothesis.line == 0)
            remarks = () if recent or hypothesis.line else self._not_following(situation)
            return right(Role.ANSWER if final else role, evidence, residual=residual, remarks=remarks, unknown=hypothesis.unknown)
        if situation.cues & {"goal"}:
            return given(Role.GOAL, "what is to be shown", residual=residual)
        if "hypothesis" in situation.cues:
            return given(Role.HYPOTHESIS, "the hypothesis of an induction", residual=residual)
        if "start" in situation.cues and not situation.follows and "therefore" not in situation.cues and not self.reference.solutions:  # noqa: E501
            return given(Role.EQUATION, "the equation to start from", residual=residual)
        if situation.cues & {"assume", "define"} and not situation.follows and not (self.reference.solutions and solved_form):
            return given(Role.PREMISE, "a premise", residual=residual)
        if refuted is not None:
            known, evidence = refuted
            announced = known.line == 0 or known.unknown is not None
            derived = announced or situation.adjacent or bool(situation.cues & {"therefore", "zero"})
            if derived:
                return wrong(role, evidence, target, residual=residual, unknown=known.unknown)
            return undecided(role, "no consequence of the equations before", residual=residual)
        if not self.world.hypotheses and not self.reference.solutions and not situation.follows:
            if situation.place >= 1 or not situation.opens:
                return self._refuted_identity(left, side, a, b, same, situation, target)
            return given(Role.EQUATION, "the equation to start from", residual=residual)
        return undecided(role, "neither an identity nor a consequence that could be verified", residual=residual)

    def _unaliased(self, expression: Expr) -> Expr:
        r"""\hat\mu as \mu, where an equation in \mu is in force."""
        aliases = {}
        for atom in expression.atoms(Indexed, Symbol):
            head = atom.base if isinstance(atom, Indexed) else atom
            unknown = self._alias_of(head)
            if unknown is not None:
                aliases[head] = unknown
        return without_aliases(expression, aliases)

    def _in_force(self) -> list[Hypothesis]:
        recent = list(reversed(self.world.hypotheses))[:MAX_COMPARED]
        return recent + list(self.reference.solutions)

    def _all_known(self, residual: Expr) -> bool:
        """Whether every letter is one of the problem's, or a size."""
        if self.world.opaque.holds(residual):
            return False
        return all(getattr(h, "is_integer", False) or str(getattr(h, "label", h)) in self.reference.primitive | _MULTIPLIERS for h in heads_of(residual))  # noqa: E501

    def _wanted(self, residual: Expr) -> list[Hypothesis]:
        """The equations in force about the same unknown: what a wrong one should have said."""
        return [h for h in self._in_force() if h.unknown is None or residual.has(_head(h.unknown))]

    def _compared(
        self, residual: Expr, situation: Situation
    ) -> tuple[tuple[Hypothesis, Evidence, bool] | None, tuple[Hypothesis, Evidence] | None]:
        """The equation in force that says the same; else the first one that refutes."""
        refuted: tuple[Hypothesis, Evidence] | None = None
        own = False
        in_force = self._in_force()
        if self.laboratory.compare(residual, Integer(0), proving=False).word in HOLDS:
            return (Hypothesis(residual, situation.number), Evidence(Word.AGREES, "always true"), True), None
        for place, hypothesis in enumerate(in_force):
            wanted = self.world.expand(hypothesis.residual)
            if hypothesis.unknown is not None and not residual.has(_head(hypothesis.unknown)):
                continue
            if refuted is not None and hypothesis.line == 0 and self._has_alternatives(hypothesis):
                continue
            evidence = equivalent(wanted, residual, self.laboratory, hypothesis.unknown)
            if evidence.word in HOLDS:
                return (hypothesis, evidence, place == 0), None
            restricts = (hypothesis.line == 0 and self._all_known(residual)) or set(atoms_of(residual)) <= set(atoms_of(wanted))
            if evidence.word is Word.REFUTED and hypothesis.line == 0 and atoms_of(residual) == [hypothesis.unknown]:
                own = True
            if evidence.word is Word.REFUTED and refuted is None and not hypothesis.premise and restricts:
                refuted = (hypothesis, evidence)
        found = None if own else self._with_solved(residual, in_force)
        if found is not None:
            return found, None
        return None, refuted

    def _has_alternatives(self, hypothesis: Hypothesis) -> bool:
        """Whether several values are accepted for the unknown, as for a multiplier of either sign."""
        alike = [other for other in self.reference.solutions if other.unknown == hypothesis.unknown]
        return isinstance(hypothesis.unknown, Symbol) and len(alike) > 1

    def _with_solved(self, residual: Expr, in_force: Sequence[Hypothesis]) -> tuple[Hypothesis, Evidence, bool] | None:
        """The same with the values found for unknowns put in."""
        values = dict(self.world.solved)
        for hypothesis in self.reference.solutions:
            unknown = hypothesis.unknown
            if unknown is not None and _head(unknown) not in values:
                parameters = tuple(unknown.indices) if isinstance(unknown, Indexed) else ()
                values[_head(unknown)] = (parameters, unknown - hypothesis.residual)
        for head, (parameters, value) in values.items():
            if not residual.has(head) or not (isinstance(head, Symbol) or _scalars(value)):
                continue
            inner = World(self.world.opaque, dict(self.world.definitions), solved={head: (parameters, value)})
            put = inner.expand(residual, solved=True)
            same = self.laboratory.compare(put, Integer(0))
            if same.word in HOLDS:
                return Hypothesis(residual, -1), Evidence(same.word, f"true for the value found for {head}"), True
            for hypothesis in in_force:
                other = inner.expand(hypothesis.residual, solved=True)
                if other == 0 or self.laboratory.compare(other, Integer(0), proving=False).word in HOLDS:
                    continue
                evidence = equivalent(other, put, self.laboratory, None)
                if evidence.word in HOLDS:
                    return hypothesis, Evidence(evidence.word, f"with the value found for {head}: {evidence.reason}"), True
        return self._with_values_put_in(residual, in_force)

    def _with_values_put_in(self, residual: Expr, in_force: Sequence[Hypothesis]) -> tuple[Hypothesis, Evidence, bool] | None:
        """The same for earlier equations in which the values found were put in."""
        for hypothesis in in_force[:3]:
            gone = {
                head: body for head, body in self.world.solved.items() if hypothesis.residual.has(head) and not residual.has(head)
            }
            if not gone:
                continue
            wanted = World(self.world.opaque, dict(self.world.definitions), solved=gone).expand(hypothesis.residual, solved=True)
            if self.laboratory.compare(wanted, Integer(0), proving=False).word in HOLDS:
                continue
            evidence = equivalent(wanted, residual, self.laboratory, None)
            if evidence.word in HOLDS:
                return hypothesis, Evidence(evidence.word, f"with the values found: {evidence.reason}"), True
        return None

    def _not_following(self, situation: Situation) -> tuple[str, ...]:
        if not self.world.hypotheses:
            return ()
        return ("right, but it does not follow from the line before",)

    def _set_to_zero(self, left: Side, situation: Situation) -> None:
        """After "set to zero" the equation itself is compared with the derivative before, which is in force already."""

    def _refuted_identity(
        self, left: Side, side: Side, a: Expr, b: Expr, same: Evidence, situation: Situation, target: Target
    ) -> Outcome:
        """Two sides that differ: wrong, unless there is a reason not to be sure."""
        role = _role(situation, Role.LINK if situation.place or not situation.opens else Role.IDENTITY)
        if same.word is not Word.REFUTED:
            return undecided(role, same.reason)
        if "hypothesis" in situation.cues:
            return given(Role.HYPOTHESIS, "the hypothesis of an induction", residual=a - b)
        if situation.opens and self._is_free(left) and not situation.follows:
            if situation.cues & {"therefore"}:
                return undecided(role, "nothing before says what the left side is")
            return given(Role.PREMISE, "a premise", residual=a - b)
        unexplained = self._unexplained(left, side)
        if unexplained:
            return undecided(role, f"{unexplained} is not introduced")
        if self.world.opaque.holds(a) or self.world.opaque.holds(b):
            return undecided(role, "it is about functions that are not given")
        announced = situation.cues & {"assume", "define"} and "therefore" not in situation.cues
        if situation.opens and announced and not situation.follows and not self._known_letters(left):
            return given(Role.PREMISE, "a premise", residual=a - b)
        return wrong(role, same, target)

    def _is_free(self, left: Side) -> bool:
        """Whether the left side is a letter or an entry of an array that nothing has given a value."""
        expression = left.expression
        if not isinstance(expression, (Symbol, Indexed)) or key_of(expression) in self.world.definitions:
            return False
        return not any(recurrence.head == key_of(expression) for recurrence in self.laboratory.recurrences)

    def _known_letters(self, left: Side) -> bool:
        name = key_of(left.expression)
        return name in self.world.definitions or self.must_hold_everywhere(left)

    def _unexplained(self, left: Side, side: Side) -> str:
        """A marked variant of a known letter that nothing explains, such as a letter misread by a scanner."""
        letters = [heads_of(part.expression) for part in (left, side)]
        for head in sorted(letters[0] ^ letters[1], key=str):
            label = str(getattr(head, "label", head))
            if "prime" in label and head not in self.world.definitions:
                return label
        return ""

    # ------------------------------------------------------------------ other relations
    def order(self, left: Side, relation: str, side: Side, situation: Situation) -> Outcome:
        """An inequality: true everywhere, a premise, or false."""
        if not (left.evaluable and side.evaluable) or _is_matrix(left.term) or _is_matrix(side.term):
            return undecided(Role.INEQUALITY, "parts of it have no value")
        try:
            a, b = self.world.expand(left.expression), self.world.expand(side.expression)
        except (RecursionError, ValueError, TypeError, AttributeError) as failure:
            return undecided(Role.INEQUALITY, f"not evaluated: {failure}")
        truths = []
        for number in range(len(self.laboratory.points)):
            values = self.laboratory.value(a, number), self.laboratory.value(b, number)
            if all(map(is_value, values)):
                truths.append((number, _sign(*values) in _HOLDS_ORDER[relation]))
        claimed = situation.place > 0 or situation.everywhere or "therefore" in situation.cues
        if len(truths) >= 2 and all(true for _, true in truths):
            return right(Role.INEQUALITY, Evidence(Word.AGREES, f"true on {len(truths)} instances"))
        false = next((number for number, true in truths if not true), None)
        if false is not None and claimed and situation.everywhere and not self.world.opaque.holds(a - b):
            instance, bindings = self.laboratory.points[false]
            values = self.laboratory.value(a, false), self.laboratory.value(b, false)
            evidence = Evidence(
                Word.REFUTED, "false on an instance", counterexample=Separation(dict(instance), dict(bindings), *values)
            )
            return wrong(Role.INEQUALITY, evidence, Target((left, side), a, b))
        if false is not None and not claimed:
            return given(Role.PREMISE, "a condition")
        return undecided(
            Role.INEQUALITY, "true only under conditions that are not stated" if false is not None else "no instance decides"
        )

    def loosely(self, left: Side, relation: str, side: Side) -> Outcome:
        """≈ and ∝: right when the sides are even equal, or proportional with a constant factor; else not judged."""
        if not (left.evaluable and side.evaluable) or _is_matrix(left.term) or _is_matrix(side.term):
            return undecided(Role.LINK, "parts of it have no value")
        try:
            a, b = self.world.expand(left.expression), self.world.expand(side.expression)
        except (RecursionError, ValueError, TypeError, AttributeError) as failure:
            return undecided(Role.LINK, f"not evaluated: {failure}")
        same = self.laboratory.compare(a, b)
        if same.word in HOLDS:
            return right(Role.LINK, same)
        if a.is_number and b.is_number and relation == "approximate":
            values = self.laboratory.value(a, 0), self.laboratory.value(b, 0)
            if all(map(is_value, values)) and abs(float(values[0]) - float(values[1])) <= 0.05 * max(
                abs(float(values[0])), abs(float(values[1]))
            ):
                return right(Role.NUMBER, Evidence(Word.AGREES, "equal within five percent"))
        return undecided(Role.LINK, "an approximation" if relation == "approximate" else "up to a factor")

    def _matrices(self, left: Side, side: Side, situation: Situation) -> Outcome:
        """Matrix formulas, entry by entry."""
        from derivations.check.reader.matrices import decide_matrices

        if situation.opens and left.term.head == "letter" and not situation.follows:
            label = left.term.data
            if (
                not any(part.head == "letter" and part.data == label for part in side.term.walk())
                and label not in self.world.definitions
            ):
                self.world.definitions.setdefault(("matrix", label), ((), Integer(0)))
                return given(Role.DEFINITION, "a new name")
        try:
            found = decide_matrices(left.term, side.term, left.reading.symbols)
        except (RecursionError, ValueError, TypeError, AttributeError, ArithmeticError, LookupError) as failure:
            return undecided(Role.LINK, f"not evaluated: {failure}")
        if found.word in HOLDS:
            return right(Role.LINK, found)
        if found.word is Word.REFUTED and (situation.place or not situation.opens):
            return Outcome(
                wrong(Role.LINK, found, Target((left, side), Integer(0), Integer(1))).verdict,
                Role.LINK,
                "refuted",
                found.reason,
                found,
            )
        return undecided(Role.LINK, found.reason if found.word is not Word.REFUTED else "an equation between matrices")

    # ------------------------------------------------------------------ what follows
    def believe(self, start: Side, side: Side, outcome: Outcome, situation: Situation) -> None:
        """Take start = side for granted in this world."""
        if not (start.evaluable and side.evaluable) or _is_matrix(start.term) or _is_matrix(side.term):
            return
        try:
            self._believe(start, side, outcome, situation)
        except (RecursionError, ValueError, TypeError, AttributeError, ArithmeticError, LookupError):
            return

    def _believe(self, start: Side, side: Side, outcome: Outcome, situation: Situation) -> None:
        world = self.world
        if situation.retracted:
            return
        if outcome.defines is not None:
            if self._holds_other_objective(side, outcome.defines):
                self._forget(_scalars(side.expression))
            self._define(start, side, outcome.defines, situation)
            return
        a, b = world.expand(start.expression), world.expand(side.expression)
        if outcome.residual is not None:
            if self._is_condition(start, side):
                unknown = self._unknown_of(start)
                world.hypotheses[:] = [h for h in world.hypotheses if h.unknown is None or h.unknown != unknown]
            about = outcome.unknown if outcome.unknown is not None else self._unknown_of(start)
            world.suppose(Hypothesis(outcome.residual, situation.number, about, outcome.role is Role.PREMISE))
            if _is_unknown(start.expression) and not b.has(_head(start.expression)):
                parameters = parameters_of(start.expression, b)
                if parameters is not None:
                    world.solve(_head(start.expression), parameters, b)
            return
        if outcome.verdict.value == "wrong":
            name = key_of(start.expression)
            if isinstance(a, Derivative) or self._is_derivative(start):
                world.override(a, b)
            elif name is not None and (name in world.definitions or isinstance(start.expression, AppliedUndef)):
                parameters = parameters_of(start.expression, b)
                if parameters is not None:
                    world.define(name, parameters, b)
        if (
            self._is_derivative(start)
            or isinstance(a, Derivative)
            or (situation.everywhere and "zero" not in situation.cues and a.has(Derivative))
        ):
            world.suppose(Hypothesis(b, situation.number, self._unknown_of(start)))

    def _forget(self, multipliers: set[Any]) -> None:
        """A new Lagrangian: what was found for its multipliers belongs to another one."""
        world = self.world
        world.hypotheses[:] = [h for h in world.hypotheses if h.premise or not any(h.residual.has(m) for m in multipliers)]
        for head, (_, value) in list(world.solved.items()):
            if head in multipliers or any(value.has(m) for m in multipliers):
                del world.solved[head]

    def suppose_derivative(self, start: Side, situation: Situation) -> None:
        """A derivative that was written wrong is in force as it should be: what is set to zero next is compared with it."""
        if self._is_derivative(start):
            self.world.suppose(Hypothesis(self.world.expand(start.expression), situation.number, self._unknown_of(start)))

    def _unknown_of(self, start: Side) -> Expr | None:
        expression = start.expression
        if isinstance(expression, Derivative):
            return expression.variables[0]
        if isinstance(expression, AppliedUndef) and expression.func.__name__ in _DERIVATIVES and len(expression.args) > 1:
            variable = expression.args[1]
            return variable.base if isinstance(variable, Pow) else variable
        return expression if _is_unknown(expression) else None

    def _define(self, start: Side, side: Side, name: Any, situation: Situation) -> None:
        if isinstance(name, tuple) and name[0] == "reverse":
            start, side, name = side, situation.first if start.expression == 0 and situation.first is not None else start, name[1]
        left: Expr = start.expression
        if isinstance(left, AppliedUndef) and not isinstance(name, str):
            left = self.world.expand(left)
        body = side.expression
        if body.has(*([left] if isinstance(left, (Symbol, Indexed)) else [])) or _occurs(name, body, body):
            body = self.world.expand(body)
        parameters = parameters_of(left, body)
        if parameters is not None:
            self.world.define(name, parameters, body)


def _role(situation: Situation, otherwise: Role) -> Role:
    """The role said in a comment or by the words of an induction, or the one told by the form."""
    if situation.role in Role._value2member_map_:
        return Role(situation.role)
    for cue, role in (("base", Role.BASE), ("step", Role.STEP)):
        if cue in situation.cues:
            return role
    return otherwise


def _domain_remark(evidence: Evidence) -> tuple[str, ...]:
    if evidence.reason.startswith("one side has no value"):
        return ("only where both sides have a value: a logarithm or root of something negative is possible",)
    return ()


def _head(expression: Expr) -> Any:
    if isinstance(expression, Pow):
        return _head(expression.base)
    return expression.base if isinstance(expression, Indexed) else expression


def heads_of(expression: Expr) -> set[Any]:
    """The letters and arrays of an expression."""
    arrays = set(expression.atoms(IndexedBase))
    labels = {base.label for base in arrays}
    return arrays | {s for s in free_symbols(expression) if s not in labels}


def _scalars(expression: Expr) -> set[Any]:
    """Real letters without indices: multipliers and the like."""
    return {s for s in free_symbols(expression) if not s.is_integer}


def _is_name(term: Term) -> bool:
    """Whether a product of letters may as well be a word, such as CNV_1."""
    return term.head == "multiply" and all(part.head == "letter" for part in term.args)


def _is_unknown(expression: Expr) -> bool:
    if isinstance(expression, Pow) and expression.exp == Rational(1, 2):
        return _is_unknown(expression.base)
    return isinstance(expression, (Symbol, Indexed)) and not expression.is_integer


def _occurs(name: object, *expressions: Expr) -> bool:
    if isinstance(name, str):
        return any(part.func.__name__ == name for e in expressions for part in e.atoms(AppliedUndef))
    return any(e.has(name) for e in expressions)


def _is_matrix(term: Term) -> bool:
    return any(part.head in _MATRICES or (part.head == "bars" and part.args[0].head == "matrix") for part in term.walk())


def _is_rounded(value: Any, side: Side) -> bool:
    """Whether a side is a decimal that the value rounds to."""
    text = side.text.replace("{,}", "").replace(",", "").strip()
    digits = text.partition(".")[2]
    if side.term.head != "number" or not digits.isdigit():
        return False
    stated = Fraction(text)
    return bool(abs(float(value) - float(stated)) <= 0.5000001 * 10.0 ** -len(digits))


def _shown(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return str(value) if isinstance(value, Fraction) else f"{float(value):.8g}"


def _sign(left: Any, right: Any) -> int:
    """The sign of left − right."""
    if not (isinstance(left, (int, Fraction)) and isinstance(right, (int, Fraction))):
        number = arithmetic(DIGITS)
        left, right = number.lift(left), number.lift(right)
    return int(left > right) - int(left < right)


_HOLDS_ORDER: Mapping[str, frozenset[int]] = {
    "<": frozenset((-1,)),
    ">": frozenset((1,)),
    "<=": frozenset((-1, 0)),
    ">=": frozenset((0, 1)),
    "!=": frozenset((-1, 1)),
}
"""Relation → signs of the difference with which it holds."""

__all__ = ["Decider", "Situation", "solution_of"]
