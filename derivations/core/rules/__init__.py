"""All rules of the kernel, by name. Only these make steps."""

from __future__ import annotations

from derivations.core.kernel import Rule
from derivations.core.rules.algebra import fold_definition, rearrange, unfold_definition
from derivations.core.rules.boundary import boundary_minimum, minimum_at_median, minimum_of_larger_distance, support
from derivations.core.rules.bounds import (
    assume_bound,
    bound_along_sequence,
    bound_by_minimum,
    bound_by_sign,
    bound_factor,
    norm_of_diagonal,
    norm_of_product,
)
from derivations.core.rules.calculus import differentiate, reparametrise
from derivations.core.rules.chain import chain_rule, chain_rule_in_parameter, start_of_jacobian, start_of_sensitivity
from derivations.core.rules.circle import minimum_on_circle
from derivations.core.rules.covariances import minimum_over_covariance, minimum_over_mean
from derivations.core.rules.equations import impose, isolate, multiply_both_sides, set_to_zero, substitute_solution
from derivations.core.rules.expectations import mean_by_scores, mean_of_gamma_power, mean_of_products_of_sums
from derivations.core.rules.extrema import (
    evaluate_at,
    joint_minimum,
    minimum_by_sign,
    minimum_under_linear_constraint,
    no_stationary_point,
    positive_by_sign,
)
from derivations.core.rules.extremes import mean_of_extreme
from derivations.core.rules.indicators import sift_delta, substitute_delta
from derivations.core.rules.induction import (
    base_case,
    induction,
    inductive_step,
    initial,
    recurrence,
    unfold_recurrence,
    use_identity,
)
from derivations.core.rules.logarithms import log_of_power, log_of_product
from derivations.core.rules.premises import assume, define, given, lemma
from derivations.core.rules.probability import conditional_probability, product_rule, total_probability
from derivations.core.rules.profile import minimise_in_turn, multiplier_solution
from derivations.core.rules.quadratics import minimum_of_gram_quadratic
from derivations.core.rules.scores import (
    minimum_of_increasing_score,
    minimum_of_quadratic_score,
    no_inversion,
    solve_monotone,
    solve_quadratic,
)
from derivations.core.rules.sums import (
    expand_products,
    linearity_of_sum,
    pull_out_constant,
    sum_of_constant,
    swap_sums,
)
from derivations.core.rules.taylor import taylor_remainder

RULES: dict[str, Rule] = {
    "given": given,
    "define": define,
    "assume": assume,
    "lemma": lemma,
    "product_rule": product_rule,
    "total_probability": total_probability,
    "conditional_probability": conditional_probability,
    "unfold_definition": unfold_definition,
    "fold_definition": fold_definition,
    "rearrange": rearrange,
    "expand_products": expand_products,
    "log_of_product": log_of_product,
    "log_of_power": log_of_power,
    "linearity_of_sum": linearity_of_sum,
    "pull_out_constant": pull_out_constant,
    "sum_of_constant": sum_of_constant,
    "swap_sums": swap_sums,
    "sift_delta": sift_delta,
    "substitute_delta": substitute_delta,
    "differentiate": differentiate,
    "reparametrise": reparametrise,
    "set_to_zero": set_to_zero,
    "impose": impose,
    "multiply_both_sides": multiply_both_sides,
    "isolate": isolate,
    "substitute_solution": substitute_solution,
    "evaluate_at": evaluate_at,
    "positive_by_sign": positive_by_sign,
    "minimum_by_sign": minimum_by_sign,
    "minimum_under_linear_constraint": minimum_under_linear_constraint,
    "joint_minimum": joint_minimum,
    "no_stationary_point": no_stationary_point,
    "support": support,
    "solve_monotone": solve_monotone,
    "solve_quadratic": solve_quadratic,
    "minimum_of_increasing_score": minimum_of_increasing_score,
    "minimum_of_quadratic_score": minimum_of_quadratic_score,
    "boundary_minimum": boundary_minimum,
    "minimum_at_median": minimum_at_median,
    "minimum_of_larger_distance": minimum_of_larger_distance,
    "mean_by_scores": mean_by_scores,
    "mean_of_products_of_sums": mean_of_products_of_sums,
    "mean_of_gamma_power": mean_of_gamma_power,
    "mean_of_extreme": mean_of_extreme,
    "minimum_on_circle": minimum_on_circle,
    "minimise_in_turn": minimise_in_turn,
    "multiplier_solution": multiplier_solution,
    "minimum_of_gram_quadratic": minimum_of_gram_quadratic,
    "minimum_over_mean": minimum_over_mean,
    "minimum_over_covariance": minimum_over_covariance,
    "no_inversion": no_inversion,
    "initial": initial,
    "recurrence": recurrence,
    "assume_bound": assume_bound,
    "bound_by_sign": bound_by_sign,
    "bound_by_minimum": bound_by_minimum,
    "norm_of_product": norm_of_product,
    "norm_of_diagonal": norm_of_diagonal,
    "bound_factor": bound_factor,
    "bound_along_sequence": bound_along_sequence,
    "start_of_jacobian": start_of_jacobian,
    "chain_rule": chain_rule,
    "start_of_sensitivity": start_of_sensitivity,
    "chain_rule_in_parameter": chain_rule_in_parameter,
    "unfold_recurrence": unfold_recurrence,
    "use_identity": use_identity,
    "base_case": base_case,
    "inductive_step": inductive_step,
    "induction": induction,
    "taylor_remainder": taylor_remainder,
}

PREMISES = frozenset(("support", "given", "define", "assume", "assume_bound", "impose", "reparametrise", "initial", "recurrence"))
"""Rules whose statements are put in, not derived."""

BEYOND_NORMAL_FORM = frozenset((
    "induction", "use_identity", "mean_by_scores", "mean_of_products_of_sums", "mean_of_gamma_power",
    "mean_of_extreme",
))  # fmt: skip
"""Rules whose conclusions rest on their premises, so that unfolding both sides does not decide them again."""
