"""Concrete numbers: instances, evaluation, derivatives, refutation, optimisation, estimators."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from numeric.differentiate import central_difference, complex_step, gradient, hessian
from numeric.domains import (
    FUNCTION,
    INTEGER,
    NATURAL,
    NONNEGATIVE,
    POSITIVE,
    REAL,
    SIMPLEX,
    SIZE,
    UNIT_INTERVAL,
    Domain,
    index,
    label,
    size,
)
from numeric.evaluate_slowly import evaluate_slowly
from numeric.failures import NumericFailure
from numeric.instances import Draw, Instance, Variable, draw_instance, draw_sizes
from numeric.refute import Agreement, Inconclusive, Separation, refute
from numeric.shrink import shrink

if TYPE_CHECKING:
    from numeric.estimate import Estimator
    from numeric.evaluate import Compiled, compile_expression
    from numeric.optimise import Optimum, minimise
    from numeric.sampling import DISTRIBUTIONS, sample

# SciPy takes as long to import as SymPy: what needs it is imported when it is asked for.
LATER = {
    "Compiled": "numeric.evaluate",
    "DISTRIBUTIONS": "numeric.sampling",
    "Estimator": "numeric.estimate",
    "Optimum": "numeric.optimise",
    "compile_expression": "numeric.evaluate",
    "minimise": "numeric.optimise",
    "sample": "numeric.sampling",
}


def __getattr__(name: str) -> Any:
    """Import a name of LATER from its module."""
    if name in LATER:
        return getattr(import_module(LATER[name]), name)
    raise AttributeError(f"module 'numeric' has no attribute {name!r}")


__all__ = [
    "DISTRIBUTIONS",
    "FUNCTION",
    "INTEGER",
    "NATURAL",
    "NONNEGATIVE",
    "POSITIVE",
    "REAL",
    "SIMPLEX",
    "SIZE",
    "UNIT_INTERVAL",
    "Agreement",
    "Compiled",
    "Domain",
    "Draw",
    "Estimator",
    "Inconclusive",
    "Instance",
    "NumericFailure",
    "Optimum",
    "Separation",
    "Variable",
    "central_difference",
    "compile_expression",
    "complex_step",
    "draw_instance",
    "draw_sizes",
    "evaluate_slowly",
    "gradient",
    "hessian",
    "index",
    "label",
    "minimise",
    "refute",
    "sample",
    "shrink",
    "size",
]
