"""Characters beyond ASCII: spaces, letters and signs that the grammar knows, and those that a formula may not hold."""

from __future__ import annotations

import re
import unicodedata

from derivations.check.reader.errors import ForbiddenCharacter

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SPACES = (
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\x0b\x0c\ufe0f\u200b\u2061\u2062"
    "\u2063"
)
_LOOK_ALIKES = frozenset("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϹϳ")
KNOWN_SIGNS = frozenset("ℓℏ𝟙ℝ𝔼ℙℕℤ∅ı≤≥≠≈∝≡∼∈∉⊂⊆→↦←≜≔≪≫−–±∓·×÷⋅∗⊙⊗∘∪∩∖∞∂∇⊤′…⋯⋮∑∏∫⋃⋂’°⟨⟩⌊⌋⌈⌉⇒⇐⇔⟹⟺∴∵∀∃∧∨¬∣‖√")


def check_control_characters(text: str) -> None:
    """Raises: ForbiddenCharacter where a text holds null bytes and their like."""
    if (control := _CONTROL.search(text)) is not None:
        raise ForbiddenCharacter(text, control.start(), f"the control character U+{ord(control.group()):04X}")


def plain_character(character: str, start: int, text: str) -> str:
    """A character beyond ASCII: a space, a letter or sign that the grammar knows, or an error that names it."""
    if character in _SPACES:
        return " "
    if character in _LOOK_ALIKES:
        raise ForbiddenCharacter(text, start, f"{unicodedata.name(character)}, which looks like a Latin letter")
    if character in KNOWN_SIGNS or "\u0370" <= character <= "\u03ff":
        return character
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    raise ForbiddenCharacter(text, start, name)
