"""Where two iterations part, in symbols: the difference of their iterates at that step, unrolled and certified."""

from __future__ import annotations

from fractions import Fraction

from sympy import Dummy, Expr, Integer, Pow, Rational, factor
from sympy.core.function import AppliedUndef

from derivations.core.derivation import Derivation, Kind
from derivations.core.kernel import RuleError
from derivations.core.normal_form import TooLarge, UndefinedForm
from derivations.core.proof import Proof
from derivations.core.symbols import Declarations, scalar
from derivations.subjects.optimisers.arithmetic import shown
from derivations.subjects.optimisers.proving import GAP, Scene, premises
from derivations.subjects.optimisers.runs import Counterexample

MAX_STEPS = 4
MAX_OPERATIONS = 400
MAX_DEGREE = 24


def parting(scene: Scene, found: Counterexample, *, name: str, title: str) -> Derivation | None:
    """The derivation of the difference of the two iterates at the step where they part; None when it grows too large."""
    if found.step > MAX_STEPS or found.what != "iterate":
        return None
    gap = scalar(GAP, r"\Delta", f"difference of the iterates after step {found.step}")
    declarations = Declarations((*scene.declarations, gap))
    proof = Proof(declarations)
    try:
        premises(proof, scene)
        at = Integer(found.step)
        difference = scene.entry("a", scene.a.output, at) - scene.entry("b", scene.b.output, at)
        proof.heading(f"After step {found.step}")
        start = proof.step("define", left=gap.head, right=difference, note="The two methods differ by")
        short = _short(proof, difference)
        if short is None:
            return None
        end = proof.step("rearrange", start, to=short, note="which is, with both recurrences put in,")
    except (RuleError, TooLarge, UndefinedForm):
        return None
    return proof.done(
        name,
        title,
        f"From the same start the iterates are equal before step {found.step} and differ after it for general coefficients.",
        Kind.NOT_EQUIVALENT,
        (end,),
        f"The methods are not the same: {found.sentence()}.",
    )


def _short(proof: Proof, difference: Expr) -> Expr | None:
    """The difference in factored form, oracle values as letters while factoring."""
    plain = proof.expanded(difference)
    if plain.count_ops() > MAX_OPERATIONS or any(p.exp.is_Integer and abs(p.exp) > MAX_DEGREE for p in plain.atoms(Pow)):
        return None
    calls = sorted(plain.atoms(AppliedUndef), key=lambda c: (c.count_ops(), str(c)), reverse=True)
    letters = {call: Dummy(real=True) for call in calls}
    for call, dummy in letters.items():
        plain = plain.xreplace({call: dummy})
    short = factor(plain) if plain.is_rational_function() else plain
    back = {dummy: call for call, dummy in letters.items()}
    return short.xreplace(back)


def gap_on(found: Counterexample) -> str:
    """The difference on the counterexample's numbers."""
    if isinstance(found.left, Fraction) and isinstance(found.right, Fraction):
        return str(Rational(*(found.left - found.right).as_integer_ratio()))
    return shown(found.left - found.right)
