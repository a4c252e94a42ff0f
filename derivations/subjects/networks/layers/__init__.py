"""The layers, by the name that architecture files use."""

from __future__ import annotations

from typing import Any

from derivations.subjects.networks.layers.convolution import Convolution, SeparableConvolution, TransposedConvolution
from derivations.subjects.networks.layers.dense import Dense
from derivations.subjects.networks.layers.joins import Add, Concatenate, Flatten, Identity
from derivations.subjects.networks.layers.pointwise import Activation, Normalisation
from derivations.subjects.networks.layers.pooling import AdaptivePool, GlobalPool, Pool
from derivations.subjects.networks.layers.protocol import Layer
from derivations.subjects.networks.layers.sequence import Attention, Embedding, Recurrent

KINDS: dict[str, type[Any]] = {
    "conv": Convolution,
    "transposed-conv": TransposedConvolution,
    "separable-conv": SeparableConvolution,
    "pool": Pool,
    "adaptive-pool": AdaptivePool,
    "global-pool": GlobalPool,
    "dense": Dense,
    "recurrent": Recurrent,
    "embedding": Embedding,
    "attention": Attention,
    "normalisation": Normalisation,
    "activation": Activation,
    "add": Add,
    "concat": Concatenate,
    "flatten": Flatten,
    "identity": Identity,
}

__all__ = [
    "KINDS",
    "Activation",
    "AdaptivePool",
    "Add",
    "Attention",
    "Concatenate",
    "Convolution",
    "Dense",
    "Embedding",
    "Flatten",
    "GlobalPool",
    "Identity",
    "Layer",
    "Normalisation",
    "Pool",
    "Recurrent",
    "SeparableConvolution",
    "TransposedConvolution",
]
