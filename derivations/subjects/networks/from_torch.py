"""A Network from a torch.nn.Module, traced with torch.fx; needs the extra `torch`. No weights are looked at."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from derivations.subjects.networks.graph import INPUT, Network, Node
from derivations.subjects.networks.layers import (
    Activation,
    AdaptivePool,
    Add,
    Attention,
    Concatenate,
    Convolution,
    Dense,
    Embedding,
    Flatten,
    GlobalPool,
    Identity,
    Layer,
    Normalisation,
    Pool,
    Recurrent,
    TransposedConvolution,
)
from derivations.subjects.networks.sizes import Shape


class TorchNotInstalled(ModuleNotFoundError):
    """torch is not there."""

    def __init__(self) -> None:
        super().__init__("reading a torch module needs torch: pip install 'derivations[torch]'", name="torch")


class UnsupportedOperation(ValueError):
    """An operation of another framework that has no layer here."""

    def __init__(self, network: str, place: str, operation: str) -> None:
        self.network, self.place, self.operation = network, place, operation
        super().__init__(f"{network}, {place}: {operation} has no layer here; replace it, or write an architecture file")


def from_torch(module: Any, input: Shape, name: str = "") -> Network:
    """The network that a module computes on an input of this shape (without the batch).

    Raises: TorchNotInstalled; UnsupportedOperation, with the place; torch.fx's own errors when it cannot trace.
    """
    try:
        import torch.fx
    except ModuleNotFoundError as error:
        raise TorchNotInstalled from error
    title = name or type(module).__name__
    traced: Any = torch.fx.symbolic_trace(module)
    reader = _Reader(title, dict(traced.named_modules()))
    for step in traced.graph.nodes:
        reader.read(step)
    return Network(title.lower(), tuple(input), tuple(reader.nodes), title, "read from a torch module")


class _Reader:
    """Turns traced steps into nodes; steps that change nothing are passed through."""

    def __init__(self, title: str, modules: Mapping[str, Any]) -> None:
        self.title, self.modules = title, modules
        self.nodes: list[Node] = []
        self.known: dict[str, str] = {}

    def read(self, step: Any) -> None:
        """One traced step."""
        if step.op == "placeholder":
            self.known[step.name] = INPUT
        elif step.op == "call_module":
            module = self.modules[step.target]
            make = MODULES.get(type(module).__name__)
            self._add(step, None if make is None else make(module), type(module).__name__, str(step.target))
        elif step.op in ("call_function", "call_method"):
            called = step.target if isinstance(step.target, str) else step.target.__name__
            if called in _PASSED:
                self.known[step.name] = self._sources(step)[0]
                return
            call = FUNCTIONS.get(called)
            self._add(step, None if call is None else call(step.args, step.kwargs), called, step.name)
        elif step.op == "get_attr":
            raise UnsupportedOperation(self.title, step.name, f"the bare parameter {step.target}")

    def _add(self, step: Any, layers: Layer | Sequence[Layer] | None, operation: str, place: str) -> None:
        sources = self._sources(step)
        if layers is None or not sources:
            raise UnsupportedOperation(self.title, place, operation)
        several = list(layers) if isinstance(layers, Sequence) else [layers]
        for number, layer in enumerate(several, start=1):
            label = place if len(several) == 1 else f"{place}.{number}"
            while any(node.name == label for node in self.nodes):
                label += "'"
            self.nodes.append(Node(label, layer, tuple(sources)))
            sources = [label]
        self.known[step.name] = sources[0]

    def _sources(self, step: Any) -> list[str]:
        return [self.known[s.name] for s in _steps_in((*step.args, *step.kwargs.values())) if s.name in self.known]


_PASSED = frozenset(("getitem", "contiguous", "dropout", "getattr", "size", "to"))


def _steps_in(values: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if isinstance(value, (tuple, list)):
            found += _steps_in(value)
        elif hasattr(value, "op") and hasattr(value, "target"):
            found.append(value)
    return found


def _pair(value: Any) -> tuple[int, int]:
    return (int(value[0]), int(value[1])) if isinstance(value, (tuple, list)) else (int(value), int(value))


def _compact(value: Any) -> Any:
    rows, columns = _pair(value)
    return rows if rows == columns else (rows, columns)


def _convolution(module: Any) -> Layer:
    padding = module.padding if isinstance(module.padding, str) else _compact(module.padding)
    return Convolution(
        module.out_channels, _compact(module.kernel_size), _compact(module.stride), padding,
        _compact(module.dilation), module.groups, module.bias is not None,
    )  # fmt: skip


def _transposed(module: Any) -> Layer:
    return TransposedConvolution(
        module.out_channels, _compact(module.kernel_size), _compact(module.stride), _compact(module.padding),
        _compact(module.output_padding), _compact(module.dilation), module.groups, module.bias is not None,
    )  # fmt: skip


def _pool(function: str) -> Callable[[Any], Layer]:
    return lambda m: Pool(
        function, _compact(m.kernel_size), _compact(m.stride), _compact(m.padding),
        _compact(getattr(m, "dilation", 1)), bool(m.ceil_mode),
    )  # fmt: skip


def _adaptive(function: str, size: Any) -> Layer:
    out = _pair(size)
    return GlobalPool(function, keep=True) if out == (1, 1) else AdaptivePool(function, _compact(out))


def _recurrent(cell: str) -> Callable[[Any], Sequence[Layer]]:
    def make(module: Any) -> Sequence[Layer]:
        if module.bidirectional or getattr(module, "proj_size", 0):
            raise UnsupportedOperation(type(module).__name__, cell, "a bidirectional or projected cell")
        return [Recurrent(module.hidden_size, cell, "pytorch" if module.bias else "none")] * module.num_layers

    return make


def _normalisation(function: str) -> Callable[[Any], Layer]:
    return lambda module: Normalisation(function, bool(getattr(module, "affine", getattr(module, "elementwise_affine", True))))


_ACTIVATIONS = {
    "ReLU": "relu", "ReLU6": "relu6", "Sigmoid": "sigmoid", "Tanh": "tanh", "GELU": "gelu", "SiLU": "silu",
    "Softmax": "softmax", "LeakyReLU": "leaky-relu", "ELU": "elu", "Hardswish": "hardswish", "LogSoftmax": "softmax",
}  # fmt: skip

MODULES: dict[str, Callable[[Any], Layer | Sequence[Layer]]] = {
    "Conv2d": _convolution,
    "ConvTranspose2d": _transposed,
    "Linear": lambda m: Dense(m.out_features, m.bias is not None),
    "MaxPool2d": _pool("max"),
    "AvgPool2d": _pool("average"),
    "AdaptiveAvgPool2d": lambda m: _adaptive("average", m.output_size),
    "AdaptiveMaxPool2d": lambda m: _adaptive("max", m.output_size),
    "BatchNorm2d": _normalisation("batch"),
    "BatchNorm1d": _normalisation("batch"),
    "LayerNorm": _normalisation("layer"),
    "GroupNorm": _normalisation("group"),
    "LocalResponseNorm": lambda m: Normalisation("local"),
    "Dropout": lambda m: Identity(),
    "Identity": lambda m: Identity(),
    "Flatten": lambda m: Flatten(),
    "Embedding": lambda m: Embedding(m.num_embeddings, m.embedding_dim),
    "RNN": _recurrent("elman"),
    "LSTM": _recurrent("lstm"),
    "GRU": _recurrent("gru"),
    "MultiheadAttention": lambda m: Attention(m.num_heads, m.in_proj_bias is not None),
    **{name: lambda m, f=function: Activation(f) for name, function in _ACTIVATIONS.items()},  # type: ignore[misc]
}
"""Class of a module → the layer it is, made from its sizes."""

Arguments = tuple[Any, ...]


def _argument(args: Arguments, kwargs: Mapping[str, Any], position: int, name: str, default: Any) -> Any:
    return args[position] if len(args) > position else kwargs.get(name, default)


def _pool_call(function: str) -> Callable[[Arguments, Mapping[str, Any]], Layer]:
    def make(args: Arguments, kwargs: Mapping[str, Any]) -> Layer:
        kernel = _compact(_argument(args, kwargs, 1, "kernel_size", None))
        stride = _argument(args, kwargs, 2, "stride", None)
        padding = _compact(_argument(args, kwargs, 3, "padding", 0))
        return Pool(function, kernel, kernel if stride is None else _compact(stride), padding, ceil=bool(kwargs.get("ceil_mode")))

    return make


def _activation_call(name: str) -> Callable[[Arguments, Mapping[str, Any]], Layer]:
    return lambda args, kwargs: Activation(name.rstrip("_"))


FUNCTIONS: dict[str, Callable[[Arguments, Mapping[str, Any]], Layer]] = {
    **{name: lambda args, kwargs: Add() for name in (operator.add.__name__, operator.iadd.__name__, "add_")},
    **{name: lambda args, kwargs: Concatenate() for name in ("cat", "concat")},
    **{name: lambda args, kwargs: Flatten() for name in ("flatten", "view", "reshape")},
    **{name: _activation_call(name) for name in ("relu", "relu_", "relu6", "sigmoid", "tanh", "gelu", "silu", "softmax")},
    "max_pool2d": _pool_call("max"),
    "boolean_dispatch": _pool_call("max"),
    "avg_pool2d": _pool_call("average"),
    "adaptive_avg_pool2d": lambda args, kwargs: _adaptive("average", _argument(args, kwargs, 1, "output_size", 1)),
    "mean": lambda args, kwargs: GlobalPool("average"),
}
"""Name of a function or method → the layer it is, made from its arguments."""
