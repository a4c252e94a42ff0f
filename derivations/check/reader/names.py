"""Names of letters: every spelling of a letter, with its accents and styles, as one identifier."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_VARIANTS = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "varrho": "rho", "varsigma": "sigma",
    "varkappa": "kappa",
             "varpi": "pi", "imath": "i", "jmath": "j", "hbar": "hbar", "exponentialE": "e", "differentialD": "d",
             "dd": "d", "varGamma": "Gamma", "varDelta": "Delta", "varTheta": "Theta", "varLambda": "Lambda", "varXi": "Xi",
             "varPi": "Pi",
             "varSigma": "Sigma", "varUpsilon": "Upsilon", "varPhi": "Phi", "varPsi": "Psi", "varOmega": "Omega"}  # fmt: skip
_SIGNS = {"ℓ": "ell", "ℏ": "hbar", "ℝ": "bb_R", "𝔼": "bb_E", "ℙ": "bb_P", "ℕ": "bb_N", "ℤ": "bb_Z", "∅": "emptyset",
    "𝟙": "bb_1", "ı": "i",
          "ϕ": "phi", "ϵ": "epsilon", "ϑ": "theta", "ϱ": "rho", "ς": "sigma"}  # fmt: skip
_ACCENTS = {
    "widehat": "hat",
    "overline": "bar",
    "widetilde": "tilde",
    "underline": "underline",
    "overrightarrow": "vec",
    "mathring": "ring",
}
_STYLES = {
    "mathbf": "", "bm": "", "boldsymbol": "", "pmb": "", "bold": "", "bf": "", "mathrm": "", "mathit": "", "mathnormal": "",
    "rm": "",
    "mathbb": "bb_", "mathbbm": "bb_", "mathds": "bb_", "mathcal": "cal_", "mathscr": "cal_", "cal": "cal_",
    "mathfrak": "frak_",
    "mathsf": "", "mathtt": "", "vb": "", "va": "", "vu": "",
}  # fmt: skip
FUNCTION_WORDS = frozenset((
    "log", "ln", "lg", "exp", "sin", "cos", "tan", "cot", "sinh", "cosh", "tanh", "max", "min", "arg", "argmax", "argmin",
    "sup", "inf", "lim", "det", "tr", "Tr", "trace", "diag", "sign", "sgn", "Var", "Cov", "Pr", "arg_max", "arg_min",
    "softmax", "sigmoid", "erf",
))  # fmt: skip
"""Words that are functions even where they are written upright or as text."""
OPERATOR = "\ue024"
"""The second sign of a name that was written as an operator: it applies to what follows."""
BOLD = frozenset(("mathbf", "bm", "boldsymbol", "pmb", "bold", "bf", "vec", "vb", "va", "vu"))
"""Styles that mark a vector or a matrix."""


@lru_cache(maxsize=1024)
def letter_name(text: str) -> str:
    r"""The name of a single letter.

    >>> letter_name(r"\mu"), letter_name("σ"), letter_name(r"\varepsilon"), letter_name("x")
    ('mu', 'sigma', 'epsilon', 'x')
    """
    if text.startswith("\\"):
        return _VARIANTS.get(text[1:], text[1:])
    if text in _SIGNS:
        return _SIGNS[text]
    if text.isascii():
        return text
    words = unicodedata.name(text).split()
    for style, prefix in (("SCRIPT", "cal_"), ("FRAKTUR", "frak_"), ("DOUBLE-STRUCK", "bb_")):
        if style in words:
            return prefix + unicodedata.normalize("NFKC", text)
    name = words[-1].lower().replace("lamda", "lambda").replace("final", "sigma")
    return name.capitalize() if "CAPITAL" in words else name


def accented(name: str, accent: str) -> str:
    r"""The name under an accent; an arrow only marks a vector.

    >>> accented("mu", r"\hat"), accented("x", r"\overline"), accented("x", r"\vec")
    ('mu_hat', 'x_bar', 'x')
    """
    word = accent.lstrip("\\")
    word = _ACCENTS.get(word, word)
    return name if word == "vec" else f"{name}_{word}"


def styled(name: str, style: str) -> str:
    r"""The name in a style: bold and upright are the same letter, calligraphic and double-struck are others.

    >>> styled("x", r"\mathbf"), styled("L", r"\mathcal"), styled("E", r"\mathbb")
    ('x', 'cal_L', 'bb_E')
    """
    word = style.lstrip("\\")
    return "bf_" + name if name in ("1", "I", "0") and word in BOLD else _STYLES.get(word, "") + name


def word_name(text: str) -> str:
    r"""The name of a word such as \text{loss} or \operatorname{ReLU}.

    >>> word_name("\ue022      new data\ue023")
    'new_data'
    """
    inside = re.sub(r"\\[A-Za-z]+|[^A-Za-z0-9]+", "_", text.strip("\ue020\ue021\ue022\ue023\ue024 "))
    return inside.strip("_") or "blank"
