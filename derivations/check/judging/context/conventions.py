r"""What everybody means by a letter that a text never explains: \bar{x} is the mean of x_1, …, x_n."""

from __future__ import annotations

from sympy import Indexed, IndexedBase, Sum, Symbol

from derivations.check.judging.context.formulas import Chapter
from derivations.check.judging.worlds.world import World
from derivations.core.symbols import Declaration

_MARK = "_bar"


def define_means(chapter: Chapter, world: World) -> None:
    r"""Give \bar{x} and \bar{x}_j their meaning, until a line says what they are."""
    if chapter.reading is None:
        return
    entries = list(chapter.reading.declarations)
    for entry in entries:
        letter = _letter(entry)
        if not letter.endswith(_MARK) or entry.head in world.definitions:
            continue
        arrays = [e for e in entries if _letter(e) == letter.removesuffix(_MARK) and e.axes[1:] == entry.axes and e.axes]
        if len(arrays) == 1:
            _define(entry, arrays[0], world)


def _letter(entry: Declaration) -> str:
    """The letter of a symbol without its indices."""
    return (entry.latex or entry.name).partition("_{{")[0]


def _define(entry: Declaration, data: Declaration, world: World) -> None:
    if not isinstance(data.head, IndexedBase) or data.domain.kind == "label":
        return
    size = data.axes[0]
    taken = Symbol("i_", integer=True, positive=True)
    others = tuple(Symbol(f"j_{place}", integer=True, positive=True) for place in range(len(entry.axes)))
    body = Sum(Indexed(data.head, taken, *others), (taken, 1, size)) / size
    world.define(entry.head, others, body)
    world.conventional.add(entry.head)
