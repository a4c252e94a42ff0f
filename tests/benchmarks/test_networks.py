"""Counting ResNet-50 beside torch's FlopCounterMode and fvcore in one run; symbolic tables; cost by number of layers.

The two tools run the network on the meta device or trace it; here an architecture that is built already is counted. Each
is timed in the same process, best of several rounds, so that only ratios matter.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from sympy import Symbol
from sympy.core.cache import clear_cache

from derivations.subjects.networks.counts import count
from derivations.subjects.networks.graph import Network, chain
from derivations.subjects.networks.layers import Activation, Convolution
from derivations.subjects.networks.reading import architecture
from derivations.subjects.networks.variation import made_symbolic, with_input, with_size

pytestmark = pytest.mark.benchmark(group="networks")
TOTAL = 4_089_184_256


def best(call: Callable[[], object], rounds: int = 5) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def fresh(net: Network) -> Network:
    """The same network without cached shapes."""
    return with_input(net, net.input)


def torch_resnet50(torch):
    """ResNet-50 as a module on the meta device: no numbers, only shapes."""
    nn = torch.nn

    class Bottleneck(nn.Module):
        def __init__(self, entering, width, stride):
            super().__init__()
            self.path = nn.Sequential(
                nn.Conv2d(entering, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width),
            )  # fmt: skip
            project = stride != 1 or entering != 4 * width
            convolution = nn.Conv2d(entering, 4 * width, 1, stride, bias=False) if project else None
            self.shortcut = nn.Sequential(convolution, nn.BatchNorm2d(4 * width)) if project else nn.Identity()

        def forward(self, x):
            return torch.relu(self.path(x) + self.shortcut(x))

    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    entering = 64
    for width, repeats, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for number in range(repeats):
            layers.append(Bottleneck(entering, width, stride if number == 0 else 1))
            entering = 4 * width
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000)]
    return nn.Sequential(*layers).eval().to("meta")


def test_counting_resnet50_is_no_slower_than_the_fastest_tool(benchmark):
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    module, image = torch_resnet50(torch), torch.empty(1, 3, 224, 224, device="meta")

    def with_torch() -> int:
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            module(image)
        return counter.get_total_flops() // 2

    theirs = {"FlopCounterMode": with_torch}
    fvcore = pytest.importorskip("fvcore.nn", reason="compared when it is installed")
    import logging

    logging.disable(logging.WARNING)
    real, picture = torch_resnet50(torch).to_empty(device="cpu"), torch.zeros(1, 3, 224, 224)

    def with_fvcore() -> int:
        with torch.no_grad():
            return int(fvcore.FlopCountAnalysis(real, picture).unsupported_ops_warnings(False).by_operator()["conv"])

    theirs["fvcore"] = with_fvcore
    net = architecture("resnet50")
    ours = lambda: count(fresh(net)).totals["multiply_accumulates"]  # noqa: E731
    assert ours() == with_torch() == TOTAL
    mine = best(ours)
    times = {name: best(call, 3) for name, call in theirs.items()}
    benchmark.extra_info.update({"derivations": mine, **times})
    benchmark(ours)
    print(f"\nResNet-50: here {1000 * mine:.2f} ms", *(f"{name} {1000 * t:.1f} ms" for name, t in times.items()))
    assert mine <= min(times.values())


def test_a_full_symbolic_table_of_resnet50_takes_less_than_a_second(benchmark):
    H, W, M = (Symbol(name, integer=True, positive=True) for name in "HWM")
    net = with_input(architecture("resnet50"), (3, H, W))
    net = made_symbolic(with_size(net, "layer1.first.conv2.M", M), "layer1.first.conv1.M")

    def table() -> dict[str, object]:
        clear_cache()  # SymPy remembers sums: a user waits for the first one
        return count(fresh(net)).totals

    assert table()["parameters"].subs(M, 64) == 25_557_032
    taken = best(table, 3)
    benchmark.extra_info["seconds"] = taken
    benchmark.pedantic(table, rounds=3)
    print(f"\nsymbolic ResNet-50 table: {taken:.3f} s")
    assert taken < 1


def deep(layers: int) -> Network:
    return chain(
        "deep", (8, 32, 32),
        [(f"l{n}", Convolution(8, 3, padding=1) if n % 2 else Activation("relu")) for n in range(layers)],
    )  # fmt: skip


def test_cost_is_linear_in_the_number_of_layers(benchmark):
    times = {}
    for layers in (10, 100, 1000, 10_000):
        net = deep(layers)
        times[layers] = best(lambda net=net: count(fresh(net)).totals)
    benchmark.extra_info.update({str(n): t for n, t in times.items()})
    benchmark(lambda: count(fresh(deep(100))).totals)
    print("\n", {n: f"{1e6 * t / n:.1f} µs a layer" for n, t in times.items()})
    assert times[10_000] / times[100] < 3 * 100
