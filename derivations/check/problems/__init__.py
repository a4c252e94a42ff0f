"""Problems: what is given, what is asked and which final forms are accepted, as data; one for each catalogue entry and more."""

from __future__ import annotations

from derivations.check.problems.library import UnknownProblem, problem, problem_names
from derivations.check.problems.problem import Answer, Given, Problem, ProblemError, Slip

__all__ = ["Answer", "Given", "Problem", "ProblemError", "Slip", "UnknownProblem", "problem", "problem_names"]
