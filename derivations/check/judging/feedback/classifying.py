"""The slip by the normal form: terms missing, terms too many, terms with another sign or another number in front."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from sympy import Expr

from derivations.check.judging.instances.laboratory import Laboratory
from derivations.check.judging.verdicts import Diagnosis
from derivations.core import polynomial as p
from derivations.core.calculus import NotDifferentiable
from derivations.core.definitions import unfold
from derivations.core.normal_form import Normaliser, TooLarge, UndefinedForm
from derivations.core.polynomial import Poly

_FAILURES = (
    TooLarge,
    UndefinedForm,
    NotDifferentiable,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    LookupError,
)


def classified(right: Expr, wrong: Expr, laboratory: Laboratory) -> Diagnosis | None:
    """What distinguishes a wrong expression from the right one, term by term; None when terms themselves differ.

    What it says is proved: undoing it makes the normal forms equal.
    """
    polys = _polys(right, wrong, laboratory)
    if polys is None:
        return None
    return _told(*polys)


def classified_equation(right: Expr, wrong: Expr, laboratory: Laboratory) -> Diagnosis | None:
    """The same for residuals of equations, which may be multiplied by a number."""
    polys = _polys(right, wrong, laboratory)
    if polys is None:
        return None
    good, bad = polys
    ratios = Counter(bad[key] / good[key] for key in good.keys() & bad.keys())
    if not ratios:
        return None
    scale, count = ratios.most_common(1)[0]
    if count * 2 < len(good) and len(good) > 2:
        return None
    return _told({key: value * scale for key, value in good.items()}, bad)


def _polys(right: Expr, wrong: Expr, laboratory: Laboratory) -> tuple[Poly, Poly] | None:
    try:
        normaliser = Normaliser(laboratory.declarations, laboratory.conditions)
        good, bad = (dict(normaliser.form(unfold(side, {}))) for side in (right, wrong))
    except _FAILURES:
        return None
    return (good, bad) if good and bad else None


def _told(good: Poly, bad: Poly) -> Diagnosis | None:
    missing, extra = good.keys() - bad.keys(), bad.keys() - good.keys()
    if missing and extra:
        return None
    ratios = {key: bad[key] / good[key] for key in good.keys() & bad.keys()}
    others = {ratio for ratio in ratios.values() if ratio != 1}
    if others and (missing or extra):
        return None
    if missing and len(missing) < len(good):
        return Diagnosis("dropped term", "a term dropped" if len(missing) == 1 else "terms dropped")
    if extra and len(extra) < len(bad):
        return Diagnosis("extra term", "a term too much")
    if len(others) != 1:
        return None
    ratio = others.pop()
    if ratio == -1:
        which = "the sign" if all(r == -1 for r in ratios.values()) else "the sign of a term"
        return Diagnosis("sign", which)
    return Diagnosis("factor", _factor(ratio, all(r == ratio for r in ratios.values())))


def _factor(ratio: object, everywhere: bool) -> str:
    value = Fraction(ratio) if isinstance(ratio, (int, Fraction)) else ratio
    number = p.as_rational(value) if isinstance(value, Fraction) else value
    return f"a factor {number} too much" + ("" if everywhere else " in a term")
