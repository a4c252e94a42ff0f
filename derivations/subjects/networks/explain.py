"""Why two counts differ: the smallest set of edits that turns one's own count into the reported one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sympy import expand

from derivations.subjects.networks.conventions import CONVENTIONS, Convention, convention
from derivations.subjects.networks.counts import count, terms_of, total
from derivations.subjects.networks.edits import Edit, convention_edits, omissions, written_differently
from derivations.subjects.networks.graph import INPUT, BadGraph, Network
from derivations.subjects.networks.sizes import Size
from derivations.subjects.networks.structural import structural_edits
from derivations.subjects.networks.terms import QUANTITIES, ShapeMismatch, Term

MAX_PAIRED = 160
"""Two edits of a network are tried together when there are at most this many single ones."""
MAX_PARTS = 24
"""Pairs of omissions are tried when there are at most this many: among more, sums coincide by accident."""
MAX_SHOWN = 5
Terms = Mapping[str, Sequence[Term]]


class UnknownQuantity(LookupError):
    """A quantity that is not counted."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no quantity is called {name!r}; there are {', '.join(QUANTITIES)}")


@dataclass(frozen=True)
class Claim:
    """A reported number: of a layer, or of the whole network when `layer` is empty."""

    quantity: str
    value: Size
    layer: str = ""

    def __post_init__(self) -> None:
        if self.quantity not in QUANTITIES:
            raise UnknownQuantity(self.quantity)


@dataclass(frozen=True)
class Finding:
    """A claim, the count found, and every smallest set of edits that leads to what was claimed.

    `explanations` is empty when the two agree, and when no set of edits was found. `conventions` are the named ones
    under which the claim is right as it stands.
    """

    claim: Claim
    found: Size
    explanations: tuple[tuple[str, ...], ...]
    conventions: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether the claim is right under the convention."""
        return same(self.found, self.claim.value)

    @property
    def sentence(self) -> str:
        """What the finding says, for people."""
        where = f"{self.claim.layer} " if self.claim.layer else "total "
        what = f"{where}{self.claim.quantity.replace('_', ' ')}"
        if self.agrees:
            return f"{what}: {shown(self.claim.value)} is right"
        ways = "; or ".join(" and ".join(edits) for edits in self.explanations) or "none of the known edits explains it"
        known = f" (right under the convention {' or '.join(self.conventions)})" if self.conventions else ""
        return f"{what}: {shown(self.claim.value)} reported, {shown(self.found)} found: {ways}{known}"


def shown(value: Size) -> str:
    """A number with commas, an expression as it is."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def same(a: Size, b: Size) -> bool:
    """Whether two counts are equal, as polynomials when they hold symbols."""
    if isinstance(a, int) and isinstance(b, int):
        return a == b
    return bool(expand(a - b) == 0)


def explain(network: Network, claims: Iterable[Claim], under: str | Convention = "standard") -> tuple[Finding, ...]:
    """Compare reported numbers with the network's own and explain each difference.

    Raises: UnknownQuantity, UnknownLayer, UnknownConvention, ShapeMismatch.

    >>> from derivations.subjects.networks.reading import architecture
    >>> [finding] = explain(architecture("alexnet-2012"), [Claim("connections", 177209344, "fc1")], "weights-only")
    >>> finding.explanations[0]
    ('the pooling pool5 forgotten',)
    """
    rules = convention(under)
    own = count(network, rules)
    everything = tuple(claims)
    mine = [own[claim.layer][claim.quantity] if claim.layer else own.totals[claim.quantity] for claim in everything]
    right = [claim for claim, found in zip(everything, mine, strict=True) if same(found, claim.value)]
    findings = []
    for claim, found in zip(everything, mine, strict=True):
        ways = () if claim in right else _smallest(network, claim, rules, found, right)
        findings.append(Finding(claim, found, ways, () if claim in right else _conventions(network, claim)))
    return tuple(findings)


def _conventions(network: Network, claim: Claim) -> tuple[str, ...]:
    """The named conventions under which a claim is right."""
    terms = terms_of(network, padding=True)
    layers = [claim.layer] if claim.layer else list(terms)
    return tuple(
        rules.name
        for rules in CONVENTIONS.values()
        if same(total(rules.value(claim.quantity, terms[name]) for name in layers), claim.value)
    )


def _smallest(
    network: Network, claim: Claim, rules: Convention, found: Size, right: Sequence[Claim]
) -> tuple[tuple[str, ...], ...]:
    """The smallest sets of edits: first those that leave right what is right, then the nearest, then the mildest."""
    search = _Search(network, claim, rules)
    judges = [_Search(network, other, rules) for other in right]
    order = {name: number for number, name in enumerate(network.by_name)}

    def rank(edits: tuple[Edit, ...]) -> tuple[int, int, float]:
        broken = sum(not judge.fits(edits) for judge in judges)
        here = order.get(claim.layer, 0)
        moved = [e for e in edits if e.network is not None]
        far = sum(here - order[e.layer] if e.layer else len(order) for e in moved) if claim.layer else 0
        return broken, far, sum(e.severity for e in edits)

    for level in search.levels():
        fitting = sorted((edits for edits in level if search.fits(edits)), key=rank)
        ways = list(dict.fromkeys(tuple(edit.sentence for edit in edits) for edits in fitting))
        if level is search.singles and isinstance(found, int) and isinstance(claim.value, int):
            slip = written_differently(found, claim.value)
            ways += [(slip,)] if slip else []
        if ways:
            return tuple(ways[:MAX_SHOWN])
    return ()


class _Search:
    """Sets of edits by size, and whether they lead to the claimed value."""

    def __init__(self, network: Network, claim: Claim, rules: Convention) -> None:
        self.network, self.claim, self.rules = network, claim, rules
        self._known: dict[tuple[tuple[int, ...], tuple[int, ...]], Mapping[str, Size] | None] = {}
        upstream = _upstream(network, claim.layer)
        self.structural = [e for e in structural_edits(network) if not e.layer or e.layer in upstream]
        self.reading = list(convention_edits(claim.quantity, rules))
        plain = terms_of(network)
        omitted = [] if claim.layer else list(omissions(network, claim.quantity, plain))
        if claim.layer:
            parts = omissions(network, claim.quantity, plain)
            omitted = [e for e in parts if e.layer == claim.layer and e.kind == "part left out"]
        self.omitted = omitted
        self.singles: list[tuple[Edit, ...]] = [(e,) for e in (*self.reading, *self.structural, *self.omitted)]

    def levels(self) -> Iterator[Iterable[tuple[Edit, ...]]]:
        """Sets of one edit, of two, of three."""
        yield self.singles
        paired = self.omitted if len(self.omitted) <= MAX_PARTS else []
        yield self._pairs(paired)
        yield (
            (*edits, *more)
            for edits in combinations(self.reading, 2)
            for more in [*((e,) for e in self.reading if e not in edits), *((e,) for e in self.structural)]
        )

    def _pairs(self, paired: Sequence[Edit]) -> Iterator[tuple[Edit, ...]]:
        yield from combinations(self.reading, 2)
        for edit in self.structural:
            for other in (*self.reading, *paired):
                yield edit, other
        yield from combinations(paired, 2)
        for edit in self.reading:
            for other in paired:
                yield edit, other
        if len(self.structural) <= MAX_PAIRED:
            yield from combinations(self.structural, 2)

    def fits(self, edits: tuple[Edit, ...]) -> bool:
        """Whether the edits lead to the claimed value."""
        sums = self._sums(tuple(e for e in edits if e.network is not None), tuple(e for e in edits if e.keeps is not None))
        if sums is None:
            return False
        rules = self.rules
        for edit in edits:
            if edit.convention is not None:
                rules = edit.convention(rules)
        weights = rules.weights[self.claim.quantity]
        return same(total(weights[label] * value for label, value in sums.items() if label in weights), self.claim.value)

    def _sums(self, changes: tuple[Edit, ...], omissions: tuple[Edit, ...]) -> Mapping[str, Size] | None:
        """The terms of the claim's quantity added up by label, after edits of the network and omissions."""
        key = (tuple(map(id, changes)), tuple(map(id, omissions)))
        if key in self._known:
            return self._known[key]
        terms, sums = self._edited(changes), None
        if terms is not None and (not self.claim.layer or self.claim.layer in terms):
            keeps = [edit.keeps for edit in omissions if edit.keeps is not None]
            parts: dict[str, list[Size]] = {}
            for name in [self.claim.layer] if self.claim.layer else terms:
                for term in terms[name]:
                    if term.quantity == self.claim.quantity and all(keep(name, term) for keep in keeps):
                        parts.setdefault(term.label, []).append(term.value)
            sums = {label: total(values) for label, values in parts.items()}
        if len(changes) + len(omissions) < 2:
            self._known[key] = sums
        return sums

    def _edited(self, edits: tuple[Edit, ...]) -> Terms | None:
        network = self.network
        try:
            for edit in edits:
                assert edit.network is not None
                network = edit.network(network)
            return terms_of(network, padding=True)
        except (ShapeMismatch, BadGraph, LookupError, ValueError):
            return None


def _upstream(network: Network, layer: str) -> frozenset[str]:
    """The layers that a layer depends on, itself among them; all when no layer is named."""
    if not layer:
        return frozenset(network.by_name)
    found, stack = set(), [layer]
    while stack:
        name = stack.pop()
        if name != INPUT and name not in found:
            found.add(name)
            stack.extend(network[name].inputs)
    return frozenset(found)


def remarks(network: Network) -> tuple[str, ...]:
    """Places where a window does not fit a whole number of times, so that the size was rounded.

    >>> from dataclasses import replace
    >>> from derivations.subjects.networks.reading import architecture
    >>> remarks(replace(architecture("alexnet-2012"), input=(3, 224, 224)))[0]
    'conv1: (224 − 11 + 0)/4 + 1 = 54.25 is not whole and is rounded down to 54; 227 would fit'
    """
    found = []
    for node in network.nodes:
        shapes = network.shapes_into(node)
        windows = node.layer.windows(shapes[0]) or ()
        for window, length, outputs in zip(windows, shapes[0][1:], network.shapes[node.name][1:], strict=False):
            numbers = (length, window.kernel, window.stride, window.dilation, window.before, window.after)
            if window.same or node.layer.kind == "transposed-conv" or not all(isinstance(n, int) for n in numbers):
                continue
            room = length + window.before + window.after - window.extent
            rest = room % window.stride
            if rest:
                exact = f"{room / window.stride + 1:g}"
                word = "up" if outputs > room // window.stride + 1 else "down"
                found.append(
                    f"{node.name}: ({length} − {window.extent} + {window.before + window.after})/{window.stride} + 1 = "
                    f"{exact} is not whole and is rounded {word} to {outputs}; {length + window.stride - rest} would fit"
                )
                break
    return tuple(found)
