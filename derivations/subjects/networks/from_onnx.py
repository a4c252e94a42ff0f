"""A Network from an ONNX model; needs the extra `onnx`. Only shapes of weights are looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from derivations.subjects.networks.from_torch import UnsupportedOperation
from derivations.subjects.networks.graph import INPUT, Network, Node
from derivations.subjects.networks.layers import (
    Activation,
    Add,
    Concatenate,
    Convolution,
    Dense,
    Flatten,
    GlobalPool,
    Identity,
    Layer,
    Normalisation,
    Pool,
    TransposedConvolution,
)
from derivations.subjects.networks.sizes import Shape

Attributes = Mapping[str, Any]
Weights = list[tuple[int, ...]]


class OnnxNotInstalled(ModuleNotFoundError):
    """onnx is not there."""

    def __init__(self) -> None:
        super().__init__("reading an ONNX model needs onnx: pip install 'derivations[onnx]'", name="onnx")


def from_onnx(source: str | Path | Any, name: str = "") -> Network:
    """The network of an ONNX file, or of a model that is loaded already.

    Raises: OnnxNotInstalled; UnsupportedOperation, with the node; ValueError when the input has no fixed shape.
    """
    try:
        import onnx
    except ModuleNotFoundError as error:
        raise OnnxNotInstalled from error
    model = onnx.load(str(source), load_external_data=False) if isinstance(source, (str, Path)) else source
    graph = model.graph
    title = name or graph.name or "onnx"
    weights = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    (entering,) = [value for value in graph.input if value.name not in weights]
    known, nodes = {entering.name: INPUT}, []
    for number, step in enumerate(graph.node, start=1):
        label = step.name or f"{step.op_type.lower()}{number}"
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in step.attribute}
        if step.op_type == "Constant":
            weights[step.output[0]] = tuple(attributes["value"].dims) if "value" in attributes else ()
            continue
        sources = [known[value] for value in step.input if value in known]
        make = OPERATORS.get(step.op_type)
        if make is None or not sources:
            raise UnsupportedOperation(title, label, step.op_type)
        layer = make(attributes, [weights[value] for value in step.input if value in weights])
        nodes.append(Node(label, layer, tuple(sources)))
        known[step.output[0]] = label
    return Network(title.lower(), _shape(entering), tuple(nodes), title, "read from an ONNX model")


def _shape(value: Any) -> Shape:
    sizes = tuple(d.dim_value for d in value.type.tensor_type.shape.dim)[1:]
    if not sizes or not all(sizes):
        raise ValueError(f"the input {value.name!r} has no fixed shape {sizes}; fix it in the model first")
    return sizes


def _padding(attributes: Attributes) -> Any:
    kind = attributes.get("auto_pad", b"NOTSET").decode()
    if kind in ("SAME_UPPER", "SAME_LOWER"):
        return "same"
    top, left, bottom, right = attributes.get("pads", (0, 0, 0, 0))
    return top if top == left == bottom == right else ((top, bottom), (left, right))


def _compact(sizes: Any) -> Any:
    rows, columns = sizes
    return rows if rows == columns else (rows, columns)


def _convolution(attributes: Attributes, weights: Weights) -> Layer:
    out, _, rows, columns = weights[0]
    return Convolution(
        out, _compact((rows, columns)), _compact(attributes.get("strides", (1, 1))), _padding(attributes),
        _compact(attributes.get("dilations", (1, 1))), attributes.get("group", 1), len(weights) > 1,
    )  # fmt: skip


def _transposed(attributes: Attributes, weights: Weights) -> Layer:
    _, out, rows, columns = weights[0]
    groups = attributes.get("group", 1)
    top, left, bottom, right = attributes.get("pads", (0, 0, 0, 0))
    if (top, left) != (bottom, right):
        raise ValueError(f"a transposed convolution with uneven padding {(top, left, bottom, right)} has no layer here")
    return TransposedConvolution(
        out * groups, _compact((rows, columns)), _compact(attributes.get("strides", (1, 1))), _compact((top, left)),
        _compact(attributes.get("output_padding", (0, 0))), _compact(attributes.get("dilations", (1, 1))), groups,
        len(weights) > 1,
    )  # fmt: skip


def _pool(function: str) -> Callable[[Attributes, Weights], Layer]:
    return lambda attributes, weights: Pool(
        function, _compact(attributes["kernel_shape"]), _compact(attributes.get("strides", (1, 1))), _padding(attributes),
        _compact(attributes.get("dilations", (1, 1))), bool(attributes.get("ceil_mode", 0)),
    )  # fmt: skip


def _dense(attributes: Attributes, weights: Weights) -> Layer:
    rows, columns = weights[0]
    return Dense(rows if attributes.get("transB", 0) else columns, len(weights) > 1)


def _activation(name: str) -> Callable[[Attributes, Weights], Layer]:
    return lambda attributes, weights: Activation(name.lower())


_ACTIVATIONS = ("Relu", "Sigmoid", "Tanh", "Softmax", "LogSoftmax", "LeakyRelu", "Elu", "Gelu", "HardSwish", "Clip")
OPERATORS: dict[str, Callable[[Attributes, Weights], Layer]] = {
    "Conv": _convolution,
    "ConvTranspose": _transposed,
    "Gemm": _dense,
    "MatMul": _dense,
    "MaxPool": _pool("max"),
    "AveragePool": _pool("average"),
    "GlobalAveragePool": lambda a, w: GlobalPool("average", keep=True),
    "GlobalMaxPool": lambda a, w: GlobalPool("max", keep=True),
    "BatchNormalization": lambda a, w: Normalisation("batch"),
    "LayerNormalization": lambda a, w: Normalisation("layer"),
    "LRN": lambda a, w: Normalisation("local"),
    "Add": lambda a, w: Identity() if w else Add(),
    "Sum": lambda a, w: Add(),
    "Concat": lambda a, w: Concatenate(),
    "Flatten": lambda a, w: Flatten(),
    "Reshape": lambda a, w: Flatten(),
    "Dropout": lambda a, w: Identity(),
    "Identity": lambda a, w: Identity(),
    **{name: _activation(name) for name in _ACTIVATIONS},
}
"""Operator → the layer it is, made from its attributes and the shapes of its weights."""
