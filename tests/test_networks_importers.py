"""Networks read from torch modules and ONNX models: the same counts as the framework's own; unknown operations refused."""

import pytest

from derivations.subjects.networks.counts import count
from derivations.subjects.networks.from_onnx import from_onnx
from derivations.subjects.networks.from_torch import UnsupportedOperation, from_torch
from derivations.subjects.networks.reading import architecture


def _residual(torch):
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
            self.norm = nn.BatchNorm2d(8)
            self.second = nn.Conv2d(8, 8, 3, padding=1, groups=2)
            self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
            self.head = nn.Linear(4, 5)

        def forward(self, x):
            y = torch.relu(self.norm(self.first(x)))
            y = y + self.second(y)
            z = nn.functional.adaptive_avg_pool2d(self.up(y), 1)
            return self.head(torch.flatten(z, 1))

    return Block()


def test_a_torch_module_is_counted_like_torch_counts_it():
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    module = _residual(torch).eval()
    net = from_torch(module, (3, 17, 17))
    totals = count(net).totals
    assert totals["parameters"] == sum(p.numel() for p in module.parameters())
    plain = torch.nn.Sequential(module.first, module.norm, module.second, torch.nn.Conv2d(8, 6, 3, dilation=2)).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        plain(torch.zeros(1, 3, 17, 17))
    assert 2 * count(from_torch(plain, (3, 17, 17))).totals["multiply_accumulates"] == counter.get_total_flops()


def test_recurrent_cells_of_torch_have_two_bias_vectors():
    torch = pytest.importorskip("torch")
    for kind, expected in (("RNN", 640), ("LSTM", 2560), ("GRU", 1920)):
        cell = getattr(torch.nn, kind)(10, 20)
        net = from_torch(torch.nn.Sequential(cell), (7, 10))
        assert count(net).totals["parameters"] == expected == sum(p.numel() for p in cell.parameters())


def test_an_unknown_module_is_refused_with_its_place():
    torch = pytest.importorskip("torch")
    with pytest.raises(UnsupportedOperation, match="1: PixelShuffle has no layer here"):
        from_torch(torch.nn.Sequential(torch.nn.Conv2d(1, 4, 1), torch.nn.PixelShuffle(2)), (1, 4, 4))


def _onnx_alexnet(onnx):
    """The one-column AlexNet as an ONNX graph without values."""
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    steps, weights, last = [], [], "x"

    def add(operator, *shapes, **attributes):
        nonlocal last
        names = []
        for shape in shapes:
            names.append(f"w{len(weights)}")
            weights.append(onnx.TensorProto(name=names[-1], dims=shape, data_type=kind))
        out = f"y{len(steps)}"
        steps.append(helper.make_node(operator, [last, *names], [out], **attributes))
        last = out

    def conv(out, channels, size, stride, padding):
        add("Conv", (out, channels, size, size), (out,), strides=[stride] * 2, pads=[padding] * 4)
        add("Relu")

    def pool():
        add("MaxPool", kernel_shape=[3, 3], strides=[2, 2])

    conv(64, 3, 11, 4, 2), pool(), conv(192, 64, 5, 1, 2), pool()
    conv(384, 192, 3, 1, 1), conv(256, 384, 3, 1, 1), conv(256, 256, 3, 1, 1), pool()
    add("Flatten")
    for out, size in ((4096, 9216), (4096, 4096), (1000, 4096)):
        add("Gemm", (out, size), (out,), transB=1)
    entering = helper.make_tensor_value_info("x", kind, [1, 3, 224, 224])
    leaving = helper.make_tensor_value_info(last, kind, [1, 1000])
    return helper.make_model(helper.make_graph(steps, "alexnet", [entering], [leaving], weights))


def test_an_onnx_model_is_counted_like_the_architecture_file(tmp_path):
    onnx = pytest.importorskip("onnx")
    model = _onnx_alexnet(onnx)
    path = tmp_path / "alexnet.onnx"
    path.write_bytes(model.SerializeToString())
    for net in (from_onnx(model), from_onnx(path)):
        for quantity in ("parameters", "multiply_accumulates", "units"):
            assert count(net).totals[quantity] == count(architecture("alexnet")).totals[quantity]


def test_an_unknown_operator_is_refused_with_its_node():
    onnx = pytest.importorskip("onnx")
    value = onnx.helper.make_tensor_value_info
    step = onnx.helper.make_node("Einsum", ["x"], ["y"], name="odd", equation="ij->ji")
    graph = onnx.helper.make_graph([step], "g", [value("x", 1, [1, 4])], [value("y", 1, [4, 1])])
    with pytest.raises(UnsupportedOperation, match="odd: Einsum"):
        from_onnx(onnx.helper.make_model(graph))
