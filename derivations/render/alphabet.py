"""Tables between LaTeX and Unicode: Greek, relations, raised and lowered signs."""

from __future__ import annotations

import unicodedata

_SMALL = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon chi psi
omega"""
_CAPITAL = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"


def _greek(name: str) -> str:
    """The Greek letter of a LaTeX command; Unicode spells lambda without its b."""
    kind = "SMALL" if name.islower() else "CAPITAL"
    return unicodedata.lookup(f"GREEK {kind} LETTER {name.upper().replace('LAMBDA', 'LAMDA')}")


COMMANDS = {name: _greek(name) for name in f"{_SMALL} {_CAPITAL}".split()} | {
    "phi": "φ", "varphi": "φ", "varepsilon": "ε", "ell": "ℓ", "partial": "∂", "nabla": "∇", "infty": "∞",
    "sum": "∑", "prod": "∏", "ne": "≠", "neq": "≠", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "in": "∈",
    "cdot": "·", "times": "×", "mid": "∣", "to": "→", "iff": "⇔", "Longleftrightarrow": "⇔", "Longrightarrow": "⇒",
    "implies": "⇒", "propto": "∝", "sim": "∼", "approx": "≈", "ldots": "…", "dots": "…", "cdots": "⋯",
    "top": "ᵀ", "quad": "  ", "qquad": "    ",
    "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈",
    "rceil": "⌉", "displaystyle": "", ",": " ", "!": "", ";": " ", ":": " ", " ": " ",
    "{": "{", "}": "}", "|": "‖", "colon": ":", "prime": "′", "star": "⋆", "odot": "⊙", "otimes": "⊗",
}  # fmt: skip
"""LaTeX command → Unicode sign."""

RAISED = str.maketrans(
    "/0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ⋆′ᵀ",
    "⁄⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ⋆′ᵀ",
)
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
DOUBLE_STRUCK = str.maketrans("01ENPQRZ", "𝟘𝟙𝔼ℕℙℚℝℤ")
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "overline": "\u0304"}

LATEX_OF = {
    **{sign: f"\\{name}" for name, sign in reversed(COMMANDS.items()) if len(sign) == 1 and not sign.isascii()},
    **{chr(raised): f"{{}}^{{{chr(plain)}}}" for plain, raised in RAISED.items() if raised > 127 and plain < 127},
    **{chr(lowered): f"{{}}_{{{chr(plain)}}}" for plain, lowered in LOWERED.items()},
    "−": "-", "Σ": r"\Sigma", "𝟙": r"\mathbb{1}", "ᵢ": "{}_{i}", "ⱼ": "{}_{j}", "ₖ": "{}_{k}", "√": r"\surd",
}  # fmt: skip
"""Unicode sign → LaTeX, for letters met in prose."""
