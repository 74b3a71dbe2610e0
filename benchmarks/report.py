"""What the benchmarks share: tables in Markdown, facts about the machine, and quantiles of times."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "benchmarks"  # what was fitted, so that the next run need not; never a real data folder
# Kept to one place, so that every measured child of a benchmark runs with the same number of threads.
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *notes: str) -> str:
    """A Markdown table under a heading, with its notes below; numbers are made text by the caller."""
    lines = [f"### {title}", "", _line(columns), _line(["---"] * len(columns)), *map(_line, rows), ""]
    return "\n".join([*lines, *(f"{note}\n" for note in notes)])


def share(value: float | None, digits: int = 3) -> str:
    """A share as text; a dash where there was nothing to count."""
    return "-" if value is None else f"{value:.{digits}f}"


def against(value: float, target: float, unit: str) -> str:
    """A measured value beside the most that it may be: "1.4 ms (target < 2 ms: met)"."""
    return f"{value:.4g} {unit} (target < {target:.4g} {unit}: {'met' if value < target else 'MISSED'})"


def quantiles(seconds: Sequence[float]) -> tuple[float, float]:
    """The median and the 99th percentile, in milliseconds."""
    return float(np.quantile(seconds, 0.5)) * 1000, float(np.quantile(seconds, 0.99)) * 1000


def resident(field: str = "VmRSS", process: int | str = "self") -> float:
    """Memory of a process in MB: VmRSS now, VmHWM at its most. Linux only."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def child_environment(threads: int | None = None) -> dict[str, str]:
    """The environment for a child process: this tree first, and so many threads of linear algebra where it counts."""
    limits = dict.fromkeys(_THREADS, str(threads)) if threads else {}
    return {**os.environ, **limits, "PYTHONPATH": str(ROOT)}


def say(text: str) -> None:
    """Progress, beside the tables."""
    print(text, file=sys.stderr, flush=True)


def machine() -> str:
    """The processor, the cores, the memory, Python and the libraries that the figures hang on. No names, no places."""
    names = ("numpy", "scipy", "rapidfuzz", "onnxruntime", "scikit-learn", "bm25s")
    versions = ", ".join(f"{name} {version}" for name in names if (version := _version(name)))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{_processor()}, {cores} cores, {memory:.0f} GiB; Python {platform.python_version()}; {versions}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    family, model = facts.get("cpu family", "?"), facts.get("model", "?")
    return f"{facts.get('model name', platform.machine())} (family {family}, model {model})"


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
