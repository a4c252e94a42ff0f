"""Functions of one argument, and of an order and one, that both evaluators know: SymPy's type → the name."""

from __future__ import annotations

from sympy import (
    Abs,
    atan,
    besseli,
    ceiling,
    cos,
    cosh,
    erf,
    exp,
    factorial,
    floor,
    gamma,
    log,
    loggamma,
    polygamma,
    sign,
    sin,
    sinh,
    tan,
    tanh,
    zeta,
)  # fmt: skip

ELEMENTARY: dict[type, str] = {
    exp: "exp",
    log: "log",
    sin: "sin",
    cos: "cos",
    tanh: "tanh",
    Abs: "Abs",
    sign: "sign",
    floor: "floor",
    ceiling: "ceiling",
    factorial: "factorial",
}
"""Those that the arithmetic of dual numbers computes by itself."""

SPECIAL: dict[type, str] = {
    gamma: "gamma",
    loggamma: "loggamma",
    zeta: "zeta",
    erf: "erf",
    sinh: "sinh",
    cosh: "cosh",
    tan: "tan",
    atan: "atan",
}
"""Those of `numeric.special`, through mpmath and SciPy."""

ORDERED: dict[type, str] = {polygamma: "polygamma", besseli: "besseli"}
"""Those of an integer order and an argument."""
