"""Which terms speak of matrices, and which letters may."""

from __future__ import annotations

from derivations.check.comparing.matrices.shapes import MATRIX_HEADS
from derivations.check.reader.reading import Reading
from derivations.check.reader.terms import Term

_MATRIX_LETTERS = frozenset(("A", "B", "X", "Y", "U", "V", "Q", "Sigma", "Lambda", "Phi"))
"""Letters that are matrices as often as numbers where two of them stand side by side."""


def may_be_matrices(term: Term, reading: Reading) -> frozenset[str]:
    """The letters of a term that may be matrices: undeclared, usual for matrices, and multiplied by another one of them."""
    found: set[str] = set()
    for part in term.walk():
        if part.head == "multiply":
            letters = {str(inner.data) for factor in part.args for inner in factor.walk() if _matrix_letter(inner, reading)}
            if len(letters) > 1:
                found |= letters
    return frozenset(found)


def _matrix_letter(term: Term, reading: Reading) -> bool:
    """Whether a term is an undeclared letter that is usual for a matrix."""
    plain = term.head == "letter" and not term.args and term.data in _MATRIX_LETTERS
    return plain and not reading.symbols.notation.declares(str(term.data))


def holds_matrices(term: Term | None, reading: Reading) -> bool:
    r"""Whether a term holds matrices: transposes, traces, norms, letters in bold that are not taken entry by entry, an inverse
    A^{-1} that is not written as a fraction, or I + A."""
    return term is not None and any(
        part.head in MATRIX_HEADS
        or (part.head == "bars" and part.args[0].head == "matrix")
        or (part.head == "letter" and not part.args and (part.data in reading.bold or _has_two_axes(part, reading)))
        or _is_written_inverse(part, reading)
        or _adds_identity(part, reading)
        for part in term.walk()
    )


def _has_two_axes(part: Term, reading: Reading) -> bool:
    symbol = reading.symbols.notation.symbol(str(part.data))
    return symbol is not None and len(symbol.axes) == 2


def _is_written_inverse(part: Term, reading: Reading) -> bool:
    written = part.head == "power" and part.args[1].head == "multiply" and [a.data for a in part.args[1].args] == [-1, 1]
    return written and any(_matrix_letter(inner, reading) for inner in part.args[0].walk())


def _adds_identity(part: Term, reading: Reading) -> bool:
    if part.head != "add":
        return False
    factors = [factor for term in part.args for factor in (term.args if term.head == "multiply" else (term,))]
    has_identity = any(factor.head == "letter" and factor.data == "I" and not factor.args for factor in factors)
    return has_identity and any(_matrix_letter(inner, reading) for inner in part.walk())
