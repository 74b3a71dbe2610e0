"""The sentence model as an ONNX graph, built from its published weights: what onnxruntime runs in the comparison.

The graph gives the last layer and the middle one, each averaged over the words, so that both runtimes do the same work.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper

from bot.understanding.encoder import MIDDLE_LAYER

OPSET = 20  # the first with Gelu as one node
LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12
ATTENTION = ("query", "key", "value")


class Graph:
    """Nodes and weights, added one after the other; each method gives the name of what it adds."""

    def __init__(self, weights: dict[str, npt.NDArray[np.float32]]) -> None:
        self._weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def node(self, kind: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        name = output or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, value: npt.ArrayLike) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str, *, turned: bool = False) -> str:
        value = self._weights[name]
        return self.constant(value.T if turned else value)

    def linear(self, state: str, name: str) -> str:
        product = self.node("MatMul", [state, self.weight(f"{name}.weight", turned=True)])
        return self.node("Add", [product, self.weight(f"{name}.bias")])

    def norm(self, state: str, name: str) -> str:
        inputs = [state, self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]
        return self.node("LayerNormalization", inputs, axis=-1, epsilon=EPSILON)


def build(weights: dict[str, npt.NDArray[np.float32]], path: Path) -> None:
    """Published weights -> an ONNX file: tokens and mask (1, words) in, last and middle (1, width) out."""
    graph = Graph(weights)
    bias = _mask_bias(graph)
    state = _embeddings(graph)
    for layer in range(LAYERS):
        state = _layer(graph, state, bias, f"encoder.layer.{layer}")
        if layer + 1 == MIDDLE_LAYER:
            _mean(graph, state, "middle")
    _mean(graph, state, "last")
    path.write_bytes(_model(graph).SerializeToString())


def _model(graph: Graph) -> Any:
    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, ["batch", "words"]),
        helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["batch", "words"]),
    ]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", WIDTH]) for name in ("last", "middle")]
    whole = helper.make_graph(graph.nodes, "sentence-model", inputs, outputs, graph.constants)
    return helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)


def _embeddings(graph: Graph) -> str:
    words = graph.node("Gather", [graph.weight("embeddings.word_embeddings.weight"), "tokens"])
    end = graph.node("Shape", ["tokens"], start=1, end=2)
    places = graph.weight("embeddings.position_embeddings.weight")
    cut = graph.node("Slice", [places, graph.constant(np.array([0])), end, graph.constant(np.array([0]))])
    kind = graph.constant(graph._weights["embeddings.token_type_embeddings.weight"][0])
    return graph.norm(graph.node("Add", [graph.node("Add", [words, cut]), kind]), "embeddings.LayerNorm")


def _mask_bias(graph: Graph) -> str:
    hidden = graph.node("Sub", [graph.constant(np.float32(1)), "mask"])
    large = graph.node("Mul", [hidden, graph.constant(np.float32(-1e9))])
    return graph.node("Unsqueeze", [large, graph.constant(np.array([1, 2]))])


def _layer(graph: Graph, state: str, bias: str, prefix: str) -> str:
    attended = graph.linear(_attention(graph, state, bias, prefix), f"{prefix}.attention.output.dense")
    state = graph.norm(graph.node("Add", [state, attended]), f"{prefix}.attention.output.LayerNorm")
    wide = graph.node("Gelu", [graph.linear(state, f"{prefix}.intermediate.dense")])
    narrow = graph.linear(wide, f"{prefix}.output.dense")
    return graph.norm(graph.node("Add", [state, narrow]), f"{prefix}.output.LayerNorm")


def _attention(graph: Graph, state: str, bias: str, prefix: str) -> str:
    shape = graph.constant(np.array([0, 0, HEADS, WIDTH // HEADS]))
    query, key, value = (
        graph.node("Reshape", [graph.linear(state, f"{prefix}.attention.self.{part}"), shape]) for part in ATTENTION
    )
    rows = graph.node("Transpose", [query], perm=[0, 2, 1, 3])
    columns = graph.node("Transpose", [key], perm=[0, 2, 3, 1])
    scaled = graph.node(
        "Div", [graph.node("MatMul", [rows, columns]), graph.constant(np.float32(np.sqrt(WIDTH // HEADS)))]
    )
    chances = graph.node("Softmax", [graph.node("Add", [scaled, bias])], axis=-1)
    mixed = graph.node("MatMul", [chances, graph.node("Transpose", [value], perm=[0, 2, 1, 3])])
    together = graph.node("Transpose", [mixed], perm=[0, 2, 1, 3])
    return graph.node("Reshape", [together, graph.constant(np.array([0, 0, WIDTH]))])


def _mean(graph: Graph, state: str, output: str) -> None:
    column = graph.node("Unsqueeze", ["mask", graph.constant(np.array([2]))])
    axis = graph.constant(np.array([1]))
    total = graph.node("ReduceSum", [graph.node("Mul", [state, column]), axis], keepdims=0)
    graph.node("Div", [total, graph.node("ReduceSum", [column, axis], keepdims=0)], output)
