"""What formulas are made of on paper: the presentation tree that both the LaTeX and the Unicode writers read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum


class Binding(IntEnum):
    """How tightly a piece holds together; a piece is fenced where something tighter is needed."""

    TERMS = 0
    OPEN = 1  # ends in Σ, ∏, log or ∂ whose scope runs to the end of the term
    PRODUCT = 2
    POWER = 3
    ATOM = 4


@dataclass(frozen=True)
class Letters:
    """A finished atom, in LaTeX: a letter, a number, an indicator's relation sign."""

    latex: str


@dataclass(frozen=True)
class Marked:
    """A declared symbol: its LaTeX template and the layouts of its indices or arguments."""

    template: str
    fields: tuple[Layout, ...] = ()
    hat: bool = False


@dataclass(frozen=True)
class Terms:
    """Signed terms, each (+1 or −1, layout); `signed` shows the first sign even when it is a plus."""

    items: tuple[tuple[int, Layout], ...]
    signed: bool = False


@dataclass(frozen=True)
class Factors:
    """Factors side by side."""

    items: tuple[Layout, ...]


@dataclass(frozen=True)
class Fraction:
    """top over bottom."""

    top: Layout
    bottom: Layout


@dataclass(frozen=True)
class Power:
    """base with a raised exponent; the base is already fenced where needed."""

    base: Layout
    exponent: Layout


@dataclass(frozen=True)
class Root:
    """A square root."""

    body: Layout


@dataclass(frozen=True)
class Big:
    """Σ or ∏ with limits; the body is already fenced where needed."""

    operator: str
    below: Layout
    above: Layout | None
    body: Layout


@dataclass(frozen=True)
class Fenced:
    """A body between delimiters, e.g. ( ), [ ], ⌊ ⌋."""

    opening: str
    body: Layout
    closing: str


@dataclass(frozen=True)
class Applied:
    """A named function before its argument, which is fenced or, where no doubt can arise, bare."""

    name: str
    argument: Layout


@dataclass(frozen=True)
class Operated:
    """An operator such as ∂/∂μ before what it acts on, to the end of the term."""

    operator: Layout
    body: Layout


@dataclass(frozen=True)
class Evaluated:
    """A body at a point, behind a bar: ∂ℓ/∂μ at μ = v."""

    body: Layout
    point: Layout


@dataclass(frozen=True)
class Listed:
    """Pieces in a row with a LaTeX separator, e.g. the two sides of a relation or the arguments of a function."""

    items: tuple[Layout, ...]
    separator: str = ", "


Layout = (
    Letters
    | Marked
    | Terms
    | Factors
    | Fraction
    | Power
    | Root
    | Big
    | Fenced
    | Applied
    | Operated
    | Evaluated
    | Listed
)

_CHILDREN: dict[type, Callable[..., tuple[Layout, ...]]] = {
    Letters: lambda n: (),
    Marked: lambda n: n.fields,
    Terms: lambda n: tuple(item for _, item in n.items),
    Factors: lambda n: n.items,
    Fraction: lambda n: (n.top, n.bottom),
    Power: lambda n: (n.base, n.exponent),
    Root: lambda n: (n.body,),
    Big: lambda n: (n.below, n.body) if n.above is None else (n.below, n.above, n.body),
    Fenced: lambda n: (n.body,),
    Applied: lambda n: (n.argument,),
    Operated: lambda n: (n.operator, n.body),
    Evaluated: lambda n: (n.body, n.point),
    Listed: lambda n: n.items,
}

_BINDING = {
    Letters: Binding.ATOM,
    Marked: Binding.ATOM,
    Terms: Binding.TERMS,
    Fraction: Binding.PRODUCT,
    Power: Binding.POWER,
    Root: Binding.ATOM,
    Big: Binding.OPEN,
    Operated: Binding.OPEN,
    Fenced: Binding.ATOM,
    Evaluated: Binding.ATOM,
    Listed: Binding.TERMS,
}


def walk(layout: Layout) -> Iterator[Layout]:
    """The layout and everything inside it, from the outside in."""
    yield layout
    for child in _CHILDREN[type(layout)](layout):
        yield from walk(child)


def binding(layout: Layout) -> Binding:
    """How tightly a layout holds together.

    >>> binding(Factors((Letters("2"), Letters("x")))).name
    'PRODUCT'
    """
    if isinstance(layout, Applied):
        return Binding.ATOM if isinstance(layout.argument, Fenced) else Binding.OPEN
    if isinstance(layout, Factors):
        return Binding.OPEN if binding(layout.items[-1]) is Binding.OPEN else Binding.PRODUCT
    return _BINDING[type(layout)]


def fenced(layout: Layout, at_least: Binding) -> Layout:
    """The layout, in parentheses unless it binds at least this tightly."""
    return layout if binding(layout) >= at_least else Fenced("(", layout, ")")


def has_fraction_or_big(layout: Layout) -> bool:
    """Whether it is taller than one line of text."""
    return any(isinstance(part, (Fraction, Big)) for part in walk(layout))


def closed(layout: Layout) -> Layout:
    """The layout with its scope closed, so that another factor may follow it."""
    if binding(layout) is not Binding.OPEN:
        return fenced(layout, Binding.PRODUCT)
    if isinstance(layout, Applied):
        return Applied(layout.name, Fenced("(", layout.argument, ")"))
    return Fenced("(", layout, ")")
