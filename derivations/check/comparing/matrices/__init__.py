"""Matrices and vectors: refuted by small matrices of concrete sizes, proved by a normal form of words."""

from derivations.check.comparing.matrices.deciding import decide_matrices, ranks_of, same_matrix_solutions

__all__ = ["decide_matrices", "ranks_of", "same_matrix_solutions"]
