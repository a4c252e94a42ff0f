"""Concrete numbers: instances, evaluation, derivatives, refutation, optimisation, estimators."""

from numeric.differentiate import central_difference, complex_step, gradient, hessian
from numeric.domains import (
    FUNCTION, INTEGER, NATURAL, NONNEGATIVE, POSITIVE, REAL, SIMPLEX, SIZE, UNIT_INTERVAL, Domain, index, label, size,
)  # fmt: skip
from numeric.estimate import Estimator
from numeric.evaluate import Compiled, compile_expression
from numeric.evaluate_slowly import evaluate_slowly
from numeric.failures import NumericFailure
from numeric.instances import Draw, Instance, Variable, draw_instance, draw_sizes
from numeric.optimise import Optimum, minimise
from numeric.refute import Agreement, Inconclusive, Separation, refute
from numeric.sampling import DISTRIBUTIONS, sample
from numeric.shrink import shrink

__all__ = [
    "DISTRIBUTIONS", "FUNCTION", "INTEGER", "NATURAL", "NONNEGATIVE", "POSITIVE", "REAL", "SIMPLEX", "SIZE", "UNIT_INTERVAL",
    "Agreement", "Compiled", "Domain", "Draw", "Estimator", "Inconclusive", "Instance", "NumericFailure", "Optimum", "Separation",
    "Variable", "central_difference", "compile_expression", "complex_step", "draw_instance", "draw_sizes", "evaluate_slowly",
    "gradient", "hessian", "index", "label", "minimise", "refute", "sample", "shrink", "size",
]  # fmt: skip
