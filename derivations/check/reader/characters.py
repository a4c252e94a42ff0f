"""Characters beyond ASCII: spaces, letters and signs that the grammar knows, and those that a formula may not hold."""

from __future__ import annotations

import re
import unicodedata

from derivations.check.reader.errors import ForbiddenCharacter

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ue000-\uf8ff]")
"""Control characters, marks of direction, and the private characters that mark places while reading."""
_SPACES = (
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\x0b\x0c\ufe0f\u200b\u2061\u2062"
    "\u2063"
)
_GREEK = frozenset("ΓΔΘΛΞΠΣΥΦΨΩαβγδεζηθικλμνξπρςστυφχψω")
_LOOK_ALIKES = frozenset("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϹϳ")
KNOWN_SIGNS = frozenset(
    "ℓℏ𝟙ℝ𝔼ℙℕℤ∅ı≤≥≠≈∝≡∼∈∉⊂⊆→↦←≜≔≪≫−–±∓·×÷⋅∗⊙⊗∘∪∩∖⊥⊕≻≺⪰⪯≽≼∥ℒℋℐℛℬℰℱℳℚℂ⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱᵀ₀₁₂"
    "₃₄₅₆₇₈₉₊₋ᵢⱼₖₙₘₜ∞∂∇⊤′…⋯⋮∑∏∫⋃⋂’°⟨⟩⌊⌋⌈⌉⇒⇐⇔⟹⟺∴∵∀∃∧∨¬∣‖√"
)

_PUNCTUATION = {
    "，": ",", "、": ",", "。": ".", "．": ".", "；": ";", "：": ":", "（": "(", "）": ")", "＝": "=",
    "＋": "+", "－": "-", "｜": "|", "［": "[", "］": "]", "＜": "<", "＞": ">",
}  # fmt: skip
"""Punctuation of full width, as it is typed between Chinese and Japanese words."""
IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
"""Words of scripts without an alphabet: they are read as words between formulas."""


def check_control_characters(text: str) -> None:
    """Raises: ForbiddenCharacter where a text holds null bytes, marks of direction and their like, inside words too."""
    if (control := _CONTROL.search(text)) is not None:
        raise ForbiddenCharacter(text, control.start(), f"the invisible character U+{ord(control.group()):04X}")


def plain_character(character: str, start: int, text: str) -> str:
    """A character beyond ASCII: a space, a letter or sign that the grammar knows, or an error that names it."""
    if character in _SPACES:
        return " "
    if character in _LOOK_ALIKES:
        raise ForbiddenCharacter(text, start, f"{unicodedata.name(character)}, which looks like a Latin letter")
    if not unicodedata.name(character, "") and not "\ue000" <= character <= "\uf8ff":
        raise ForbiddenCharacter(text, start, f"U+{ord(character):04X}")
    if "\u0370" <= character <= "\u03ff" and unicodedata.normalize("NFKC", character) in _GREEK:
        return unicodedata.normalize("NFKC", character)
    if character in KNOWN_SIGNS or "\ue000" <= character <= "\uf8ff":
        return character
    if (sign := _PUNCTUATION.get(character)) is not None:
        return sign
    if "\U0001d400" <= character <= "\U0001d7ff":  # 𝑥 is x in another font; 𝓛 and 𝔼 are letters of their own
        styled = any(style in unicodedata.name(character, "") for style in ("SCRIPT", "FRAKTUR", "DOUBLE-STRUCK"))
        return character if styled else unicodedata.normalize("NFKC", character)
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    raise ForbiddenCharacter(text, start, name)
