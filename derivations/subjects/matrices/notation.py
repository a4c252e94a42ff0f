"""Matrix expressions as LaTeX and as plain Unicode text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Expr, Rational
from sympy import latex as sympy_latex

from derivations.subjects.matrices.building import constant_of, is_zero, raised, scaled
from derivations.subjects.matrices.elementwise import GREEK, SUFFIX, latex_of
from derivations.subjects.matrices.expressions import Matrix

_SUM, _PRODUCT, _RAISED, _ATOM = 1, 2, 3, 4
_BINDS = {"add": _SUM, "scale": _PRODUCT, "product": _PRODUCT, "hadamard": _PRODUCT}
_BINDS |= {"inverse": _RAISED, "transpose": _RAISED, "power": _RAISED}


@dataclass(frozen=True)
class Style:
    """The pieces in which a notation differs."""

    name: Callable[[str], str]
    number: Callable[[Expr], str]
    function: Callable[[str], str]
    fence: tuple[str, str]
    norm: tuple[str, str]
    one: Callable[[str], str]
    zero: Callable[[str], str]
    raised: Callable[[str, str], str]
    transpose: str
    inverse_transpose: str
    hadamard: str
    kron: str
    minus: str
    square_root: Callable[[str], str]
    over: Callable[[str, str], str]
    words: dict[str, str]


def _latex_name(name: str) -> str:
    first, _, index = name.partition("_")
    letter = rf"\{first}" if first in GREEK else first if len(first) == 1 else rf"\mathrm{{{first}}}"
    return f"{letter}_{{{index}}}" if index else letter


_WORDS = {"trace": "tr", "logdet": "log det", "det": "det", "diag": "diag", "diagonal": "diagonal", "softmax": "softmax",
          "logsumexp": "logsumexp", "vec": "vec", "sum": "sum"}  # fmt: skip
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def _unicode_raised(base: str, exponent: str) -> str:
    plain = all(c in "0123456789-" for c in exponent)
    return base + (exponent.translate(_SUPERSCRIPTS) if plain else f"^({exponent})")


def _plain_number(number: Expr) -> str:
    return str(number).replace("**", "^").replace("*", "·")


LATEX = Style(
    _latex_name, sympy_latex, latex_of, (r"\left(", r"\right)"), (r"\left\lVert ", r" \right\rVert"),
    lambda n: rf"\mathbf{{1}}_{{{n}}}", lambda n: rf"\mathbf{{0}}_{{{n}}}", lambda base, exponent: f"{base}^{{{exponent}}}", 
    r"^{\top}", r"^{-\top}", r" \odot ", r" \otimes ",
    "-", lambda x: rf"\sqrt{{{x}}}", lambda a, c: rf"\frac{{{a}}}{{{c}}}",
    {k: (rf"\{w}" if w == "det" else r"\log\det" if w == "log det" else rf"\operatorname{{{w}}}") for k, w in _WORDS.items()},
)  # fmt: skip
TEXT = Style(
    lambda name: name, _plain_number, lambda name: name.replace(SUFFIX, "′"), ("(", ")"), ("‖", "‖"),
    lambda n: f"1[{n}]", lambda n: f"0[{n}]",
    _unicode_raised, "ᵀ", "⁻ᵀ", " ⊙ ", " ⊗ ", "−", lambda x: f"√({x})", lambda a, c: f"{a}/{c}", _WORDS,
)  # fmt: skip


def latex(matrix: Matrix) -> str:
    r"""As LaTeX (amsmath), without delimiters.

    >>> from derivations.subjects.matrices.expressions import variable
    >>> latex(variable("A", "m", "n").T @ variable("mu", "m"))
    'A^{\\top} \\mu'
    """
    return _write(matrix, LATEX)


def text(matrix: Matrix) -> str:
    """As one line of Unicode text."""
    return _write(matrix, TEXT)


def _write(matrix: Matrix, style: Style) -> str:
    return _HANDLERS[matrix.operation](matrix, style)


def _bound(matrix: Matrix, style: Style, least: int) -> str:
    written = _write(matrix, style)
    binds = _BINDS.get(matrix.operation, _ATOM)
    if matrix.operation == "number" and (matrix.data.is_negative or matrix.data.is_Add or not matrix.data.is_Atom):
        binds = _SUM
    return written if binds >= least else style.fence[0] + written + style.fence[1]


def _fenced(inside: str, style: Style) -> str:
    return style.fence[0] + inside + style.fence[1]


def _add(matrix: Matrix, style: Style) -> str:
    written = ""
    for operand in matrix.operands:
        value, _ = constant_of(operand)
        negative = value.could_extract_minus_sign()
        if negative:
            operand = scaled(-1, operand)
        part = _bound(operand, style, _PRODUCT) if operand.operation == "add" else _write(operand, style)
        sign = f" {style.minus} " if negative else " + "
        written += (sign if written else style.minus if negative else "") + part
    return written


def _scale(matrix: Matrix, style: Style) -> str:
    if matrix.operands[0].operation == "number" and constant_of(matrix.operands[1])[0] != 1:
        value, rest = constant_of(matrix)
        if rest is not None:
            return _write(scaled(value, rest), style)
    factor, body = matrix.operands
    if is_zero(matrix):
        return style.zero(_sizes(matrix, style))
    if factor.operation == "number" and factor.data.could_extract_minus_sign():
        return style.minus + _bound(scaled(-1, matrix), style, _PRODUCT)
    if factor.operation == "power" and factor.data.is_negative:
        return style.over(*_ratio(body, raised(factor.operands[0], -factor.data), style))
    least = _RAISED if factor.operation == "product" else _PRODUCT
    return _bound(factor, style, least) + " " + _bound(body, style, _PRODUCT)


def _sizes(matrix: Matrix, style: Style) -> str:
    return ("×" if style is TEXT else r" \times ").join(map(str, matrix.shape))


def _ratio(above: Matrix, below: Matrix, style: Style) -> tuple[str, str]:
    if style is LATEX:
        return _write(above, style), _write(below, style)
    return _bound(above, style, _PRODUCT), _bound(below, style, _RAISED)


def _product(matrix: Matrix, style: Style) -> str:
    return " ".join(
        _fenced(_write(o, style), style) if o.operation in ("hadamard", "scale") else _bound(o, style, _PRODUCT)
        for o in matrix.operands
    )


def _hadamard(matrix: Matrix, style: Style) -> str:
    return style.hadamard.join(
        _bound(o, style, _RAISED) if o.operation != "product" else _fenced(_write(o, style), style) for o in matrix.operands
    )


def _transpose(matrix: Matrix, style: Style) -> str:
    if matrix.operands[0].operation == "inverse":
        (inner,) = matrix.operands[0].operands
        return _bound(inner, style, _ATOM) + style.inverse_transpose
    return _bound(matrix.operands[0], style, _ATOM) + style.transpose


def _power(matrix: Matrix, style: Style) -> str:
    (operand,) = matrix.operands
    if matrix.data == Rational(1, 2):
        return style.square_root(_write(operand, style))
    exponent = style.number(matrix.data)
    if operand.shape:
        exponent = (r"\odot " if style is LATEX else "⊙") + exponent
    return style.raised(_bound(operand, style, _ATOM), exponent)


def _named(matrix: Matrix, style: Style) -> str:
    return style.words[matrix.operation] + _fenced(_write(matrix.operands[0], style), style)


def _norm(matrix: Matrix, style: Style) -> str:
    index = (
        "" if matrix.operation == "norm" and len(matrix.operands[0].shape) < 2 else ("_F" if matrix.operation == "norm" else "_1")
    )
    return style.norm[0] + _write(matrix.operands[0], style) + style.norm[1] + index


def _block(matrix: Matrix, style: Style) -> str:
    columns = matrix.data or 1
    rows = [matrix.operands[n : n + columns] for n in range(0, len(matrix.operands), columns)]
    if style is LATEX:
        inside = r" \\ ".join(" & ".join(_write(o, style) for o in row) for row in rows)
        return rf"\begin{{pmatrix}} {inside} \end{{pmatrix}}"
    return "[" + "; ".join(", ".join(_write(o, style) for o in row) for row in rows) + "]"


_HANDLERS: dict[str, Callable[[Matrix, Style], str]] = {
    "variable": lambda m, style: style.name(m.data),
    "number": lambda m, style: style.number(m.data),
    "identity": lambda m, style: "I",
    "ones": lambda m, style: style.one(_sizes(m, style)),
    "add": _add,
    "scale": _scale,
    "product": _product,
    "hadamard": _hadamard,
    "transpose": _transpose,
    "power": _power,
    "apply": lambda m, style: style.function(m.data) + _fenced(_write(m.operands[0], style), style),
    "inverse": lambda m, style: style.raised(_bound(m.operands[0], style, _ATOM), "-1"),
    "norm": _norm,
    "norm1": _norm,
    "kron": lambda m, style: style.kron.join(_bound(o, style, _ATOM) for o in m.operands),
    "block": _block,
    "indexed": lambda m, style: style.number(m.data),
    **dict.fromkeys(_WORDS, _named),
}
