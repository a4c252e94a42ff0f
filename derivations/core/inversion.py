"""The zero of a score: which positive factor to take out, which increasing function is left, and where it is zero.

This is search. What it finds is handed to kernel rules, which check it: nothing here has to be believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from sympy import Add, Dummy, Expr, Indexed, KroneckerDelta, Mul, PolynomialError, Pow, S, Sum, exp, factor_list, log, sqrt
from sympy.core.function import AppliedUndef

from derivations.core import polynomial as p
from derivations.core.binding import free_symbols, occurs
from derivations.core.calculus import NotDifferentiable, Variable, differentiate
from derivations.core.naming import readable
from derivations.core.normal_form import Normaliser
from derivations.core.polynomial import Monomial, Poly
from derivations.core.roots import NeedsPositive, NeedsSign, NoZero, QuadraticRoot, Root
from derivations.core.solve import NotIsolable

MAX_DEPTH = 6
MAX_CLEARINGS = 6
MAX_DEGREE = 8


@dataclass(frozen=True)
class Group:
    """One term of a score: its part with the unknown times a coefficient free of it."""

    part: Expr
    coefficient: Expr


def find_root(score: Expr, unknown: Variable, normaliser: Normaliser, written: Iterable[Expr] = ()) -> Root | QuadraticRoot:
    """The zero of a score in one unknown of known domain.

    `written` are expressions whose sums coefficients are folded back into, so that the answer keeps their shape.
    Raises: NotIsolable, NoZero.
    """
    search = _Search(unknown, normaliser, tuple(_sums(written, unknown)))
    scale, groups = search.groups(score)
    if not groups:
        raise NoZero(unknown, score, "the score is zero everywhere: no value is better than another")
    if len(groups) == 1:
        (only,) = groups
        if not search.positive(only.part) and not search.positive(-only.part):
            raise NotIsolable(unknown, score, f"it occurs inside {only.part}")
        raise NoZero(unknown, score, "it has one sign wherever its coefficient has")
    if len(groups) == 2:
        return search.monotone(score, scale, groups)
    if len(groups) == 3:
        try:
            return search.quadratic(score, scale, groups)
        except NotIsolable:
            product = search.factored(scale, groups)
            if product is None:
                raise
            return product
    product = search.factored(scale, groups)
    if product is not None:
        return product
    parts = ", ".join(str(group.part) for group in groups)
    raise NotIsolable(unknown, score, f"it occurs in {len(groups)} different ways: {parts}")


def parts_of(expression: Expr, unknown: Variable, normaliser: Normaliser) -> tuple[Group, ...]:
    """The expression as a sum of parts with the unknown times coefficients free of it, sums folded as written."""
    scale, groups = _Search(unknown, normaliser, tuple(_sums((expression,), unknown))).groups(expression)
    return groups if scale == 1 else ()


def _sums(written: Iterable[Expr], unknown: Variable) -> Iterator[Expr]:
    found: dict[Expr, None] = {}
    for expression in written:
        for part in sorted(expression.atoms(Sum), key=str):
            if not occurs(unknown, part):
                found[part] = None
    yield from found


@dataclass(frozen=True)
class _Search:
    unknown: Variable
    normaliser: Normaliser
    sums: tuple[Expr, ...] = ()

    # ------------------------------------------------------------------ taking apart

    def groups(self, expression: Expr) -> tuple[Expr, tuple[Group, ...]]:
        """(scale, terms) with scale·expression = Σ part·coefficient, denominators with the unknown cleared."""
        poly = self.normaliser.form(expression)
        scale: Expr = S.One
        for _ in range(MAX_CLEARINGS):
            least: dict[Expr, Fraction] = {}
            for monomial in poly:
                for atom, exponent in monomial:
                    negative = isinstance(exponent, Fraction) and exponent < 0
                    if isinstance(atom, Add) and negative and self.within(atom):
                        least[atom] = min(exponent, least.get(atom, Fraction(0)))
            if not least:
                break
            for atom, exponent in least.items():
                poly = self.normaliser.times(poly, p.atom_power(atom, -exponent))
                scale *= Pow(atom, p.as_rational(-exponent))
        found: dict[Expr, Poly] = {}
        for monomial, coefficient in poly.items():
            part, rest = self.apart(monomial)
            found[part] = p.add(found.get(part, {}), {rest: coefficient})
        return scale, tuple(Group(part, self.folded(rest)) for part, rest in found.items() if rest)

    def within(self, expression: Expr) -> bool:
        return occurs(self.unknown, expression)

    def apart(self, monomial: Monomial) -> tuple[Expr, Monomial]:
        """The part of a monomial with the unknown, as an expression, and the rest."""
        inside: list[Expr] = []
        rest: list[tuple[Expr, p.Exponent]] = []
        for atom, exponent in monomial:
            if atom is S.Exp1 and not isinstance(exponent, Fraction) and self.within(exponent):
                terms = Add.make_args(self.normaliser.expression(exponent))
                inside.append(as_powers(exp(Add(*(t for t in terms if self.within(t))))))
                free = Add(*(t for t in terms if not self.within(t)))
                if free != 0:
                    rest.append((atom, free if not free.is_Rational else Fraction(int(free.p), int(free.q))))
            elif self.within(atom) or (not isinstance(exponent, Fraction) and self.within(exponent)):
                inside.append(Pow(atom, p.exponent_expression(exponent)))
            else:
                rest.append((atom, exponent))
        return Mul(*inside), p.sort_factors(rest)

    def folded(self, poly: Poly) -> Expr:
        """A coefficient, as a multiple of a sum that was written before where it is one."""
        for candidate in self.sums:
            form = self.normaliser.form(candidate)
            if len(form) != len(poly):
                continue
            (first, number), (second, other) = p.leading(poly), p.leading(form)
            ratio = self.normaliser.times({first: number}, self.normaliser.power({second: other}, Fraction(-1)))
            if len(form) == 1 and any(isinstance(atom, Sum) for monomial in ratio for atom, _ in monomial):
                continue
            if self.normaliser.times(ratio, form) == poly:
                return self.shown(ratio) * candidate
        return self.shown(poly)

    def shown(self, poly: Poly) -> Expr:
        found: Expr = as_powers(readable(p.to_expression(poly), self.normaliser.declarations))
        return found

    # ------------------------------------------------------------------ two terms

    def monotone(self, score: Expr, scale: Expr, groups: tuple[Group, ...]) -> Root:
        """One term divided by the other is monotone in the unknown."""
        reasons: list[str] = []
        needs: Expr | None = None
        either: Expr | None = None
        for still, moving in self.orientations(groups):
            ratio = self.tidy(moving.part / still.part)
            try:
                value = self.inverted(ratio, self.quotient(-still.coefficient, moving.coefficient))
            except NotIsolable as failure:
                needs = needs or (failure.expression if isinstance(failure, NeedsPositive) else None)
                reasons.append(failure.why)
                continue
            increasing = ratio * moving.coefficient + still.coefficient
            factor = still.part / scale
            for sign in (1, -1):
                if self.positive(sign * factor) and self.rises(sign * increasing):
                    return Root(sign * factor, Add(*(sign * t for t in Add.make_args(increasing))), self.leaner(value))
            needs = needs or self.assumable(factor, increasing, moving.coefficient)
            either = either or self.decidable(factor, increasing, moving.coefficient)
            reasons.append(f"the sign of {factor} or the slope of {increasing} is not known")
        if needs is not None:
            raise NeedsPositive(self.unknown, score, needs)
        if either is not None:
            raise NeedsSign(self.unknown, score, either)
        raise NotIsolable(self.unknown, score, "; ".join(dict.fromkeys(reasons)))

    def assumable(self, factor: Expr, increasing: Expr, coefficient: Expr) -> Expr | None:
        """The coefficient, or its opposite, when it may be zero but not negative and its sign is all that is missing."""
        for sign in (1, -1):
            part = sign * coefficient
            if self.normaliser.signs.nonnegative(part) and not self.normaliser.signs.positive(part):
                core = positivity_core(part, self.normaliser)
                if self.settled_by(core, factor, increasing):
                    return core
        return None

    def decidable(self, factor: Expr, increasing: Expr, coefficient: Expr) -> Expr | None:
        """The coefficient or its opposite, whichever has to be positive, when that is all that is missing."""
        core = positivity_core(coefficient, self.normaliser)
        signs = self.normaliser.signs
        if signs.nonnegative(core) or signs.nonnegative(-core) or not core.has(Sum):
            return None
        both = (core, Add(*(-term for term in Add.make_args(core))))
        return next((one for one in both if self.settled_by(one, factor, increasing)), None)

    def settled_by(self, condition: Expr, factor: Expr, increasing: Expr) -> bool:
        """Whether the factor is positive and the rest monotone once the condition is positive."""
        signs = Normaliser(self.normaliser.declarations, (*self.normaliser.signs.conditions, condition))
        again = _Search(self.unknown, signs, self.sums)
        return any(again.positive(s * factor) and again.rises(s * increasing) for s in (1, -1))

    def orientations(self, groups: tuple[Group, ...]) -> list[tuple[Group, Group]]:
        """(still, moving) pairs, those whose ratio is a positive power first."""
        first, second = groups
        pairs = [(first, second), (second, first)]

        def unlike(pair: tuple[Group, Group]) -> tuple[bool, bool, int]:
            ratio = self.tidy(pair[1].part / pair[0].part)
            base, exponent = ratio.as_base_exp()
            negative = exponent.could_extract_minus_sign() if base is not S.Exp1 else False
            return (base != self.unknown, bool(negative), len(str(ratio)))

        return sorted(pairs, key=unlike)

    def tidy(self, expression: Expr) -> Expr:
        found: Expr = as_powers(self.normaliser.expression(expression))
        return found

    def quotient(self, above: Expr, below: Expr) -> Expr:
        """above/below, with a divisor known to be negative made positive."""
        if self.positive(-below):
            above, below = (Add(*(-term for term in Add.make_args(part))) for part in (above, below))
        return above / below

    def leaner(self, value: Expr) -> Expr:
        """The value with what cancels in it cancelled, where that frees it from a symbol."""
        cancelled = as_powers(readable(self.normaliser.expression(value), self.normaliser.declarations))
        return cancelled if free_symbols(cancelled) < free_symbols(value) else value

    def inverted(self, ratio: Expr, target: Expr, depth: int = 0) -> Expr:
        """θ with ratio(θ) = target."""
        if depth > MAX_DEPTH:
            raise NotIsolable(self.unknown, ratio - target, "it is buried too deep")
        if ratio == self.unknown:
            return target
        factors = [f for f in Mul.make_args(ratio) if self.within(f)]
        outside = Mul(*(f for f in Mul.make_args(ratio) if not self.within(f)))
        if isinstance(ratio, Add) or len(factors) != 1:
            return self.inverted_terms(ratio, target, depth)
        factor, target = factors[0], target / outside
        if isinstance(factor, exp):
            return self.inverted_terms(factor.args[0], log(target), depth)
        if isinstance(factor, log):
            return self.inverted_terms(factor.args[0], exp(target), depth)
        if isinstance(factor, Pow) and not self.within(factor.exp):
            if factor.exp.is_Rational and not factor.exp.is_integer and not self.positive(target):
                raise NeedsPositive(self.unknown, ratio - target, positivity_core(target, self.normaliser))  # a root is positive
            root = target if factor.exp == 1 else Pow(target, 1 / factor.exp)
            return self.inverted_terms(factor.base, root, depth)
        if isinstance(factor, Pow) and not self.within(factor.base):
            return self.inverted_terms(factor.exp, log(target) / log(factor.base), depth)
        if factor == self.unknown:
            return target
        raise NotIsolable(self.unknown, ratio - target, f"{type(factor).__name__} has no inverse in closed form")

    def inverted_terms(self, expression: Expr, target: Expr, depth: int) -> Expr:
        """θ with expression(θ) = target, the terms with the unknown being of one kind."""
        if expression == self.unknown:
            return target
        scale, groups = self.groups(expression)
        moving = [group for group in groups if group.part != 1]
        if scale != 1:
            scale, groups = self.groups(expression - target)
            moving = [group for group in groups if group.part != 1]
            target = S.Zero
        if len(moving) != 1:
            raise NotIsolable(self.unknown, expression - target, "it occurs in several ways")
        still = Add(*(group.coefficient for group in groups if group.part == 1))
        return self.inverted(moving[0].part, (target - still) / moving[0].coefficient, depth + 1)

    # ------------------------------------------------------------------ three terms

    def quadratic(self, score: Expr, scale: Expr, groups: tuple[Group, ...]) -> QuadraticRoot:
        """Three successive powers of a positive unknown, of which the outer two have opposite signs."""
        by_power: dict[Expr, Group] = {}
        for group in groups:
            base, exponent = group.part.as_base_exp() if group.part != 1 else (self.unknown, S.Zero)
            if base != self.unknown or not exponent.is_Integer:
                raise NotIsolable(self.unknown, score, f"it occurs as {', '.join(str(g.part) for g in groups)}")
            by_power[exponent] = group
        low, middle, high = sorted(by_power)
        if (middle - low, high - middle) != (1, 1) or not self.positive(self.unknown):
            raise NotIsolable(self.unknown, score, "the powers of it are not successive, or it may be negative")
        for sign in (1, -1):
            square, linear = (sign * by_power[n].coefficient for n in (high, middle))
            constant, factor = -sign * by_power[low].coefficient, sign * self.unknown**low / scale
            if self.positive(square) and self.positive(factor):
                value = (-linear + sqrt(linear**2 + 4 * square * constant)) / (2 * square)
                return QuadraticRoot(factor, square, linear, constant, value)
        raise NotIsolable(self.unknown, score, f"the sign of {by_power[high].coefficient} is not known")

    # ------------------------------------------------------------------ products

    def factored(self, scale: Expr, groups: tuple[Group, ...]) -> Root | QuadraticRoot | None:
        """A polynomial in the unknown that is a product of positive factors and one more, by the zero of that one."""
        powers = [group.part.as_base_exp() if group.part != 1 else (self.unknown, S.Zero) for group in groups]
        if any(base != self.unknown or not exponent.is_Integer for base, exponent in powers):
            return None
        low = min(exponent for _, exponent in powers)
        if max(exponent for _, exponent in powers) - low > MAX_DEGREE:
            return None
        together = Add(*(g.coefficient * self.unknown ** (e - low) for g, (_, e) in zip(groups, powers, strict=True)))
        stand_ins = {atom: Dummy(real=True) for atom in together.atoms(Sum, AppliedUndef, exp, log) if not self.within(atom)}
        try:
            constant, factors = factor_list(together.xreplace(stand_ins))
        except PolynomialError:
            return None
        back = {dummy: atom for atom, dummy in stand_ins.items()}
        outside: Expr = self.unknown**low / scale
        rest: Expr = constant
        moving = 0
        for factor, power in ((f.xreplace(back), power) for f, power in factors):
            if self.within(factor) and self.positive(factor):
                outside *= factor**power
            else:
                rest *= factor**power
                moving += self.within(factor) * power
        if moving != 1 or outside == self.unknown**low / scale or not self.positive(outside):
            return None
        try:
            found = find_root(rest, self.unknown, self.normaliser, self.sums)
        except NotIsolable:
            return None
        return replace(found, factor=outside * found.factor)

    # ------------------------------------------------------------------ signs

    def positive(self, expression: Expr) -> bool:
        signs = self.normaliser.signs
        return signs.positive(expression) or signs.positive(self.normaliser.expression(expression))

    def rises(self, expression: Expr) -> bool:
        try:
            return self.positive(differentiate(expression, self.unknown))
        except NotDifferentiable:
            return False


def as_powers(expression: Expr) -> Expr:
    """exp(k·log a) written as a**k, wherever it stands.

    >>> from sympy import symbols
    >>> a, k, b = symbols("a k b", positive=True)
    >>> as_powers(exp(k * log(a) - b / 2))
    a**k*exp(-b/2)
    """
    if not expression.args or isinstance(expression, Indexed):
        return expression
    arguments = [as_powers(part) if isinstance(part, Expr) else part for part in expression.args]
    rebuilt = expression if tuple(arguments) == expression.args else expression.func(*arguments)
    if not isinstance(rebuilt, exp):
        return rebuilt
    powers: list[Expr] = []
    rest: list[Expr] = []
    for term in Add.make_args(rebuilt.args[0]):
        logs = [factor for factor in Mul.make_args(term) if isinstance(factor, log)]
        if len(logs) == 1:
            powers.append(Pow(logs[0].args[0], term / logs[0]))
        else:
            rest.append(term)
    return Mul(*powers, exp(Add(*rest))) if powers else rebuilt


def positivity_core(expression: Expr, normaliser: Normaliser) -> Expr:
    """What has to be positive for the expression to be: known positive factors dropped, powers opened.

    >>> from sympy import Symbol
    >>> from derivations.core.symbols import Declarations
    >>> a, b = Symbol("a", positive=True), Symbol("b", real=True)
    >>> positivity_core(a / b, Normaliser(Declarations()))
    b
    """
    if isinstance(expression, Pow):
        power = expression.exp
        if power.is_odd or not power.is_integer or power.has(KroneckerDelta):
            return positivity_core(expression.base, normaliser)
    if isinstance(expression, Mul):
        open_factors = [f for f in expression.args if not normaliser.signs.positive(f)]
        if len(open_factors) == 1:
            return positivity_core(open_factors[0], normaliser)
        if len(open_factors) == 2 and open_factors[0] == -1 and isinstance(open_factors[1], Add):
            return positivity_core(Add(*(-term for term in Add.make_args(open_factors[1]))), normaliser)
    return expression
