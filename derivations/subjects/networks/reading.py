"""Architecture files: TOML or JSON with a list of layers and named blocks, read into a Network."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from sympy import Integer, Symbol

from derivations.subjects.networks.graph import INPUT, BadGraph, Network, Node
from derivations.subjects.networks.layers import KINDS, Layer
from derivations.subjects.networks.sizes import Size, as_size, product_of

SHORTHANDS: dict[str, tuple[str, dict[str, Any]]] = {
    **{name: ("activation", {"function": name}) for name in ("relu", "relu6", "sigmoid", "tanh", "gelu", "softmax")},
    "batch-norm": ("normalisation", {"function": "batch"}),
    "layer-norm": ("normalisation", {"function": "layer"}),
    "local-norm": ("normalisation", {"function": "local"}),
    "max-pool": ("pool", {"function": "max"}),
    "average-pool": ("pool", {"function": "average"}),
    "dropout": ("identity", {}),
    **{cell: ("recurrent", {"cell": cell}) for cell in ("elman", "lstm", "gru")},
}
"""Short kinds: the layer they stand for, with the fields they fix."""
MAX_LAYERS = 100_000
_WORDS = frozenset(("function", "cell", "name", "kind", "block", "from", "when"))
_FACTOR = re.compile(r"[0-9]{1,12}|[A-Za-z][A-Za-z0-9_]{0,40}")
_FOLDER = Path(__file__).parent / "architectures"


class BadArchitecture(ValueError):
    """An architecture file that cannot be read; `where` is the place in it."""

    def __init__(self, source: str, where: str, problem: str) -> None:
        self.source, self.where, self.problem = source, where, problem
        super().__init__(f"{source}: {where}: {problem}")


class UnknownArchitecture(LookupError):
    """No architecture of that name is shipped."""

    def __init__(self, name: str) -> None:
        self.name, self.nearest = name, tuple(difflib.get_close_matches(name, architectures(), n=2))
        hint = f"did you mean {' or '.join(self.nearest)}?" if self.nearest else f"there are {', '.join(architectures())}"
        super().__init__(f"no network is called {name!r}, and there is no such file; {hint}")


def architectures() -> tuple[str, ...]:
    """The names of the architectures that are shipped.

    >>> "alexnet-2012" in architectures()
    True
    """
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def architecture(name: str) -> Network:
    """A shipped architecture. Raises: UnknownArchitecture, with the nearest names."""
    if name not in architectures():
        raise UnknownArchitecture(name)
    return read(_FOLDER / f"{name}.toml")


def read(path: Path) -> Network:
    """A network from a .toml or .json file. Raises: BadArchitecture, OSError."""
    text = path.read_text(encoding="utf-8")
    try:
        tree = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadArchitecture(path.name, "the file", str(error)) from error
    return from_tree(tree, path.name)


def from_tree(tree: Any, source: str = "architecture") -> Network:
    """A network from what an architecture file holds.

    Raises: BadArchitecture.

    >>> net = from_tree({"input": [1, 8, 8], "layers": [{"kind": "conv", "out": 4, "kernel": "F"}]})
    >>> net.shapes["conv"]
    (4, 9 - F, 9 - F)
    """
    if not isinstance(tree, Mapping) or not isinstance(tree.get("layers"), Sequence) or "input" not in tree:
        raise BadArchitecture(source, "the file", "needs input = [channels, rows, columns] and layers = [...]")
    reader = _Reader(source, tree.get("blocks", {}))
    shape = tuple(reader.size(size, {}, "input") for size in tree["input"])
    reader.entries(tree["layers"], "", INPUT, {}, "layers")
    trunk = str(tree.get("trunk", ""))
    try:
        network = Network(
            str(tree.get("name", Path(source).stem)), shape, tuple(reader.nodes),
            str(tree.get("title", "")), str(tree.get("source", "")), trunk,
        )  # fmt: skip
    except BadGraph as error:
        raise BadArchitecture(source, f"layer {error.layer}", error.problem) from error
    if trunk and trunk not in network.by_name:
        raise BadArchitecture(source, "trunk", f"there is no layer {trunk!r}")
    return network


class _Reader:
    """Collects the nodes while blocks are written out."""

    def __init__(self, source: str, blocks: Any) -> None:
        if not isinstance(blocks, Mapping):
            raise BadArchitecture(source, "blocks", "needs a table for each block")
        self.source, self.blocks = source, blocks
        self.nodes: list[Node] = []
        self._taken: dict[str, int] = {}
        self._entries = 0

    def entries(self, items: Any, prefix: str, entering: str, values: dict[str, Any], where: str, depth: int = 0) -> str:
        """Add the layers of a list; the name of the last one."""
        if not isinstance(items, Sequence) or isinstance(items, str) or depth > 8:
            raise BadArchitecture(self.source, where, "needs a list of layers, with blocks nested at most 8 deep")
        last, local = entering, {INPUT: entering}
        self._entries += 1 + len(items)
        if self._entries > MAX_LAYERS:
            raise BadArchitecture(self.source, where, f"the blocks are written out to more than {MAX_LAYERS} entries")
        for number, item in enumerate(items, start=1):
            here = f"{where}[{number}]"
            if not isinstance(item, Mapping) or ("kind" in item) == ("block" in item):
                raise BadArchitecture(self.source, here, "needs a table with either kind or block")
            if not values.get(str(item.get("when")), True):
                continue
            repeat = self.size(item.get("repeat", 1), values, here)
            if not isinstance(repeat, int) or not 1 <= repeat <= MAX_LAYERS or len(self.nodes) + repeat > MAX_LAYERS:
                raise BadArchitecture(self.source, here, f"repeat {repeat!r} is not a number from 1 to {MAX_LAYERS}")
            for turn in range(repeat):
                own = item.get("name")
                label = f"{own}.{turn + 1}" if own and repeat > 1 else own or self._unused(prefix, item)
                last = self._entry(item, label, prefix, last, local, values, here, depth)
                local[str(label)] = local[str(own or label)] = last
        return last

    def _unused(self, prefix: str, item: Mapping[str, Any]) -> str:
        stem = str(item.get("kind", item.get("block")))
        count = self._taken[prefix + stem] = self._taken.get(prefix + stem, 0) + 1
        return stem if count == 1 else f"{stem}.{count}"

    def _entry(
        self, item: Mapping[str, Any], label: str, prefix: str, last: str, local: dict[str, str],
        values: dict[str, Any], here: str, depth: int,
    ) -> str:  # fmt: skip
        sources = item.get("from", ())
        sources = [sources] if isinstance(sources, str) else list(sources)
        unknown = [name for name in sources if name != "last" and name not in local]
        if unknown:
            raise BadArchitecture(self.source, here, f"from {unknown[0]!r} is no earlier layer here")
        inputs = tuple(last if name == "last" else local[name] for name in sources) or (last,)
        name = prefix + label
        if "block" in item:
            block = self.blocks.get(item["block"])
            if not isinstance(block, Mapping) or len(inputs) != 1:
                raise BadArchitecture(self.source, here, f"block {item['block']!r} is not defined, or has several inputs")
            given = {k: self._value(k, v, values, here) for k, v in item.items() if k not in _WORDS | {"repeat"}}
            inner = {**block.get("defaults", {}), **given}
            return self.entries(block.get("layers"), f"{name}.", inputs[0], inner, f"blocks.{item['block']}", depth + 1)
        self.nodes.append(Node(name, self._layer(item, values, here), inputs))
        return name

    def _layer(self, item: Mapping[str, Any], values: dict[str, Any], here: str) -> Layer:
        kind, fixed = SHORTHANDS.get(item["kind"], (item["kind"], {}))
        if kind not in KINDS:
            near = difflib.get_close_matches(str(kind), (*KINDS, *SHORTHANDS), n=2)
            raise BadArchitecture(self.source, here, f"unknown kind {kind!r}; near: {', '.join(near) or ', '.join(KINDS)}")
        known = {field.name for field in fields(KINDS[kind])}
        given = {
            k: self._value(k, v, values, here) for k, v in item.items() if k not in ("kind", "name", "from", "repeat", "when")
        }
        strange = [name for name in given if name not in known]
        if strange:
            raise BadArchitecture(self.source, here, f"{kind} has no {', '.join(strange)}; it has {', '.join(sorted(known))}")
        try:
            layer: Layer = KINDS[kind](**fixed, **given)
        except (TypeError, ValueError) as error:
            raise BadArchitecture(self.source, here, str(error)) from error
        return layer

    def _value(self, name: str, value: Any, values: dict[str, Any], here: str) -> Any:
        if isinstance(value, bool) or name in _WORDS or value in ("same", "valid"):
            return value
        if isinstance(value, str) and value in values:
            return values[value]
        if name == "bias":
            return value
        if isinstance(value, Sequence) and not isinstance(value, str):
            return tuple(self._value(name, part, values, here) for part in value)
        return self.size(value, values, f"{here}.{name}")

    def size(self, value: Any, values: dict[str, Any], where: str) -> Size:
        """A whole number, or a product of numbers, parameters and symbols such as 4*width."""
        if isinstance(value, str):
            parts = [part.strip() for part in value.split("*")]
            if not all(_FACTOR.fullmatch(part) for part in parts):
                raise BadArchitecture(self.source, where, f"{value!r} is not a number, a name or a product of these")
            return as_size(product_of(self._factor(part, values) for part in parts), where)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**12:
            raise BadArchitecture(self.source, where, f"{value!r} is not a whole number of at most 12 digits")
        return value

    def _factor(self, part: str, values: dict[str, Any]) -> Size:
        if part in values:
            found = values[part]
            return int(found) if isinstance(found, Integer) else found
        return int(part) if part.isdecimal() else Symbol(part, integer=True, positive=True)
