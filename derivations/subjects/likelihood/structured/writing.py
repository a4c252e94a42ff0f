"""Moves shared by the structured models: a logarithm written out as sums."""

from __future__ import annotations

from derivations.core.kernel import RuleError
from derivations.core.proof import Proof

_RULES = ("log_of_product", "log_of_power", "linearity_of_sum", "pull_out_constant", "sum_of_constant")
ROUNDS = 8


def expanded(proof: Proof, start: int, *names: str) -> int:
    """The logarithm of a product of densities as sums, constants in front and counted; `names` are unfolded in turn."""
    line = start
    for name in names:
        line = tried(proof, "log_of_product", proof.step("unfold_definition", line, name=name))
    for rules in (_RULES[:2], _RULES[2:]):
        for _ in range(ROUNDS):
            before = line
            for rule in rules:
                line = tried(proof, rule, line)
            if line == before:
                break
    return line


def tried(proof: Proof, rule: str, line: int) -> int:
    """The line a rewriting rule makes, or the same line where it does not apply."""
    try:
        return proof.step(rule, line)
    except RuleError:
        return line
