"""Named densities: text, data and parameters. No answers: `mle` derives them like any other density's."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from sympy import Symbol

from derivations.subjects.likelihood.derive import mle
from derivations.subjects.likelihood.result import MaximumLikelihood
from derivations.subjects.likelihood.text import expression, symbol, variable


@dataclass(frozen=True)
class Family:
    """A density in text; `parameters` are declared as "name:domain", those of `known` are held fixed by default."""

    density: str
    data: str
    parameters: tuple[str, ...]
    known: tuple[str, ...] = ()


_POSITIVE = "x:positive"

FAMILIES: dict[str, Family] = {
    "normal": Family("exp(-(x-mu)**2/(2*sigma2))/sqrt(2*pi*sigma2)", "x:real", ("mu:real", "sigma2:positive")),
    "lognormal": Family(
        "exp(-(log(x)-mu)**2/(2*sigma2))/(x*sqrt(2*pi*sigma2))", _POSITIVE, ("mu:real", "sigma2:positive")),
    "exponential": Family("lambda_*exp(-lambda_*x)", _POSITIVE, ("lambda_:positive",)),
    "gamma": Family("x**(k-1)*exp(-x/theta)/(gamma(k)*theta**k)", _POSITIVE, ("k:positive", "theta:positive")),
    "erlang": Family(
        "lambda_**n*x**(n-1)*exp(-lambda_*x)/factorial(n-1)", _POSITIVE, ("n:size", "lambda_:positive"), ("n",)),
    "inverse-gamma": Family(
        "beta_**alpha/gamma(alpha)*x**(-alpha-1)*exp(-beta_/x)", _POSITIVE, ("alpha:positive", "beta_:positive"), ("alpha",)),
    "poisson": Family("exp(-lambda_)*lambda_**x/factorial(x)", "x:natural", ("lambda_:positive",)),
    "bernoulli": Family("p**x*(1-p)**(1-x)", "x:integers 0..1", ("p:unit-interval",)),
    "binomial": Family("binomial(n,x)*p**x*(1-p)**(n-x)", "x:integers 0..n", ("n:size", "p:unit-interval"), ("n",)),
    "negative-binomial": Family(
        "binomial(x+r-1,x)*p**r*(1-p)**x", "x:natural", ("r:size", "p:unit-interval"), ("r",)),
    "geometric": Family("p*(1-p)**(x-1)", "x:size", ("p:unit-interval",)),
    "rayleigh": Family("x/sigma**2*exp(-x**2/(2*sigma**2))", _POSITIVE, ("sigma:positive",)),
    "maxwell": Family("sqrt(2/pi)*x**2/a**3*exp(-x**2/(2*a**2))", _POSITIVE, ("a:positive",)),
    "half-normal": Family("sqrt(2/pi)/sigma*exp(-x**2/(2*sigma**2))", _POSITIVE, ("sigma:positive",)),
    "nakagami": Family(
        "2*m**m/(gamma(m)*omega**m)*x**(2*m-1)*exp(-m*x**2/omega)", _POSITIVE, ("m:positive", "omega:positive"), ("m",)),
    "levy": Family("sqrt(c/(2*pi))*exp(-c/(2*x))/x**1.5", _POSITIVE, ("c:positive",)),
    "inverse-gaussian": Family(
        "sqrt(lambda_/(2*pi*x**3))*exp(-lambda_*(x-mu)**2/(2*mu**2*x))", _POSITIVE, ("mu:positive", "lambda_:positive")),
    "pareto": Family("alpha*m**alpha/x**(alpha+1)", "x:m..oo", ("m:positive", "alpha:positive")),
    "power-function": Family("alpha*x**(alpha-1)", "x:unit-interval", ("alpha:positive",)),
    "beta": Family("x**(a-1)*(1-x)**(b-1)/beta(a,b)", "x:unit-interval", ("a:positive", "b:positive")),
    "beta-first": Family("a*x**(a-1)", "x:unit-interval", ("a:positive",)),
    "beta-second": Family("b*(1-x)**(b-1)", "x:unit-interval", ("b:positive",)),
    "kumaraswamy": Family("a*b*x**(a-1)*(1-x**a)**(b-1)", "x:unit-interval", ("a:positive", "b:positive"), ("a",)),
    "lomax": Family(
        "alpha/lambda_*(1+x/lambda_)**(-alpha-1)", _POSITIVE, ("alpha:positive", "lambda_:positive"), ("lambda_",)),
    "weibull": Family(
        "k/lambda_*(x/lambda_)**(k-1)*exp(-(x/lambda_)**k)", _POSITIVE, ("k:positive", "lambda_:positive")),
    "frechet": Family(
        "a/s*(x/s)**(-1-a)*exp(-(x/s)**(-a))", _POSITIVE, ("a:positive", "s:positive"), ("a",)),
    "exponential-power": Family(
        "b/(2*a*gamma(1/b))*exp(-(abs(x)/a)**b)", "x:real", ("a:positive", "b:positive"), ("b",)),
    "laplace": Family("exp(-abs(x-mu)/b)/(2*b)", "x:real", ("mu:real", "b:positive")),
    "gumbel": Family("exp(-(x-mu)/b-exp(-(x-mu)/b))/b", "x:real", ("mu:real", "b:positive"), ("b",)),
    "gompertz": Family("eta*b*exp(eta+b*x-eta*exp(b*x))", _POSITIVE, ("eta:positive", "b:positive"), ("b",)),
    "von-mises": Family("exp(kappa*cos(x-mu))/(2*pi*besseli(0,kappa))", "x:angle", ("mu:angle", "kappa:positive")),
    "uniform": Family("1/(b-a)", "x:a..b", ("a:real", "b:real")),
    "uniform-from-zero": Family("1/theta", "x:0..theta", ("theta:positive",)),
    "shifted-exponential": Family("lambda_*exp(-lambda_*(x-mu))", "x:mu..oo", ("mu:real", "lambda_:positive")),
    "discrete-uniform": Family("1/n", "x:integers 1..n", ("n:size",)),
    "cauchy": Family("1/(pi*sigma*(1+((x-mu)/sigma)**2))", "x:real", ("mu:real", "sigma:positive")),
    "logistic": Family("exp(-(x-mu)/s)/(s*(1+exp(-(x-mu)/s))**2)", "x:real", ("mu:real", "s:positive")),
    "chi-squared": Family("x**(nu/2-1)*exp(-x/2)/(2**(nu/2)*gamma(nu/2))", _POSITIVE, ("nu:positive",)),
    "logarithmic": Family("-p**x/(x*log(1-p))", "x:size", ("p:unit-interval",)),
    "zeta": Family("x**(-s)/zeta(s)", "x:size", ("s:positive",)),
    "student": Family(
        "gamma((nu+1)/2)/(sqrt(nu*pi)*gamma(nu/2))*(1+x**2/nu)**(-(nu+1)/2)", "x:real", ("nu:positive",)),
}  # fmt: skip


class UnknownFamily(LookupError):
    """A name that no family has, with the nearest ones."""

    def __init__(self, name: str, nearest: tuple[str, ...]) -> None:
        self.name, self.nearest = name, nearest
        hint = f"did you mean {' or '.join(nearest)}?" if nearest else f"known are {', '.join(FAMILIES)}"
        super().__init__(f"no family is called {name!r}; {hint}")


def family(name: str, known: Iterable[str] | None = None) -> MaximumLikelihood:
    """The derivation for a named family; `known` names the parameters held fixed, instead of the family's own choice.

    Raises: UnknownFamily, BadText.

    >>> family("weibull", known=["k"]).estimates
    {lambda_: (Sum(x[i]**k, (i, 1, N))/N)**(1/k)}
    """
    if name not in FAMILIES:
        raise UnknownFamily(name, tuple(difflib.get_close_matches(name, FAMILIES, n=3)))
    found = FAMILIES[name]
    return from_text(found.density, found.data, found.parameters, found.known if known is None else tuple(known), name)


def from_text(
    density: str, data: str, parameters: Iterable[str], known: Iterable[str] = (), name: str = "density"
) -> MaximumLikelihood:
    """The derivation for a density given as text. Entries of `known` are names of parameters, or new "name:domain".

    Raises: BadText, BadModel.
    """
    declared = {s.name: (s, domain) for s, domain in map(symbol, parameters)}
    fixed: dict[Symbol, object] = {}
    for entry in known:
        given, _, where = entry.partition(":")
        if given in declared and not where:
            s, domain = declared.pop(given)
        else:
            s, domain = symbol(entry)
            declared.pop(s.name, None)
        fixed[s] = domain
    names = {s.name: s for s, _ in declared.values()} | {s.name: s for s in fixed}
    own, where = variable(data, names)
    formula = expression(density, {**names, own.name: own})
    return mle(formula, (own, where), dict(declared.values()), known=fixed, name=name)
