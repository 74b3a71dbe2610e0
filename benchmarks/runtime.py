"""The sentence model on numpy against onnxruntime: the ground on which bot.understanding.encoder chose.

    python -m benchmarks.runtime [--quick]

Each runtime gets a process of its own, bound to one core and then to two, and embeds the same short questions one by
one. onnxruntime gets a graph of the same weights (benchmarks.graph), already converted and lying on disk, with all its
optimisations on. "loading" is from importing the runtime to being ready to embed, the tokenizer included; numpy itself
is loaded before, as the bot needs it anyway, and numpy's loading includes checking the weights' digest. "memory" is
what the process grew by from before loading to after the last question. The least of all runs counts where several
were made, as other work on the machine only ever adds; "processor" is the processor's own time, which such work hardly
touches.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

import numpy as np

from benchmarks.report import child_environment, quantiles, resident, say, table
from bot.understanding.encoder import MAX_TOKENS, MIDDLE_WEIGHT, WHEEL_SHA256, Matrix, find_model, load_encoder

QUESTIONS = (
    "can I friend an ex-pupil?",
    "is it ok to have parents on my facebook",
    "a year 9 has found my insta and keeps sending me requests",
    "who signs off a twitter account for the PE department",
    "can we put photos of the netball team on the school page with their names",
    "whatsapp group with my tutor group for the trip, allowed or not?",
    "what do i do if someone posts something rude about me on the parents' page",
    "how long do we keep screenshots",
    "am I allowed to use my own phone to film sports day",
    "do TAs have to follow the same rules as teachers online",
)
RUNTIMES = ("numpy", "onnxruntime")
SHOWN = ("p50", "p99", "processor", "loading", "memory")


def main() -> int:
    """Print the table; 1 where the model or onnxruntime is missing, as there is then nothing to compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--worker", nargs=3, metavar=("RUNTIME", "FOLDER", "ROUNDS"), help=argparse.SUPPRESS)
    parsed = parser.parse_args()
    if parsed.worker:
        return _worker(parsed.worker[0], Path(parsed.worker[1]), int(parsed.worker[2]))
    model = find_model(None)
    if model is None or not all(map(importlib.util.find_spec, ("onnx", "onnxruntime", "safetensors"))):
        say("needs the sentence model, and for the comparison: pip install onnx onnxruntime")
        return 1
    print(_compared(model, rounds=5 if parsed.quick else 20, repeats=1 if parsed.quick else 3))
    return 0


def _compared(model: Path, rounds: int, repeats: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        _convert(model, Path(folder) / "model.onnx")
        rows = [_row(Path(folder), runtime, cores, rounds, repeats) for cores in (1, 2) for runtime in RUNTIMES]
        difference = np.abs(np.load(f"{folder}/numpy.npy") - np.load(f"{folder}/onnxruntime.npy")).max()
    return table(
        "One short question through the sentence model",
        ("runtime", "cores", "p50, ms", "p99, ms", "processor p50, ms", "loading, ms", "memory, MB"),
        rows,
        f"Largest difference between the two runtimes' embeddings: {difference:.1e}.",
    )


def _convert(model: Path, path: Path) -> None:
    """In a function of its own, so that the weights are gone before anything is measured."""
    from safetensors.numpy import load_file

    from benchmarks.graph import build

    build({name.removeprefix("bert."): value for name, value in load_file(model / "model.safetensors").items()}, path)


def _row(folder: Path, runtime: str, cores: int, rounds: int, repeats: int) -> tuple[str, ...]:
    runs = [_measured(folder, runtime, cores, rounds) for _ in range(repeats)]
    least = {name: min(run[name] for run in runs) for name in runs[0]}
    say(f"  {runtime}, {cores} cores: {least['p50']:.1f} ms")
    return (runtime, str(cores), *(f"{least[name]:.1f}" for name in SHOWN))


def _measured(folder: Path, runtime: str, cores: int, rounds: int) -> dict[str, float]:
    available = sorted(os.sched_getaffinity(0))[:cores]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.runtime", "--worker", runtime, str(folder), str(rounds)],
        env=child_environment(cores),
        preexec_fn=lambda: os.sched_setaffinity(0, available),
        stdout=subprocess.PIPE,
        check=True,
    )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _worker(runtime: str, folder: Path, rounds: int) -> int:
    """Load one runtime, embed every question so often, print the figures, leave the embeddings in the folder."""
    model = find_model(None)
    if model is None:
        return 1
    before, start = resident(), time.perf_counter()
    encoder: Any = (
        OnnxEncoder(folder / "model.onnx", model)
        if runtime == "onnxruntime"
        else load_encoder(model, sha256=WHEEL_SHA256)
    )
    loading = time.perf_counter() - start
    embeddings = np.concatenate([encoder.embed([text]) for text in QUESTIONS])
    np.save(folder / f"{runtime}.npy", embeddings)
    waited, worked = _timed(encoder, QUESTIONS * rounds)
    figures = {"p50": quantiles(waited)[0], "p99": quantiles(waited)[1], "processor": quantiles(worked)[0]}
    print(json.dumps({**figures, "loading": loading * 1000, "memory": resident() - before}))
    return 0


def _timed(encoder: Any, texts: Sequence[str]) -> tuple[list[float], list[float]]:
    """Seconds for each text: by the clock, and of the processor."""
    waited, worked = [], []
    for text in texts:
        start, used = time.perf_counter(), time.process_time()
        encoder.embed([text])
        waited.append(time.perf_counter() - start)
        worked.append(time.process_time() - used)
    return waited, worked


class OnnxEncoder:
    """What bot.understanding.encoder.NumpyEncoder does, on onnxruntime; one text at a time."""

    def __init__(self, graph: Path, model: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = len(os.sched_getaffinity(0))
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self._session: Any = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        self._tokenizer: Any = Tokenizer.from_file(str(model / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=MAX_TOKENS)

    def embed(self, texts: list[str]) -> Matrix:
        tokens = np.array([self._tokenizer.encode(texts[0]).ids], dtype=np.int64)
        last, middle = self._session.run(
            ["last", "middle"], {"tokens": tokens, "mask": np.ones(tokens.shape, dtype=np.float32)}
        )
        return np.concatenate([_unit(last), np.float32(MIDDLE_WEIGHT) * _unit(middle)], axis=1)


def _unit(rows: Matrix) -> Matrix:
    unit: Matrix = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


if __name__ == "__main__":
    sys.exit(main())
