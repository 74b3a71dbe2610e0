"""Sentence rows of the base's own texts, kept between fittings: after an edit only the new texts are embedded."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.understanding.encoder import Encoder, Matrix


def embed_kept(encoder: Encoder, texts: Sequence[str], folder: Path | None) -> Matrix:
    """texts -> rows (n, 2 x hidden) as `encoder.embed` gives them, taken from the folder's file where it has them.

    The file holds the rows of these texts afterwards, and no others. A file that cannot be read is made anew.
    """
    path = folder / f"sentences-{encoder.name[:16]}.npz" if folder else None
    kept = _read(path) if path else {}
    keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts]
    missing = list(dict.fromkeys(number for number, key in enumerate(keys) if key not in kept))
    if missing:
        fresh = encoder.embed([texts[number] for number in missing])
        kept |= {keys[number]: row for number, row in zip(missing, fresh, strict=True)}
    rows = np.array([kept[key] for key in keys], dtype=np.float32)
    if path and missing:
        _write(path, keys, rows)
    return rows


def _read(path: Path) -> dict[str, Matrix]:
    try:
        with np.load(path) as file:
            return dict(zip(file["keys"].tolist(), file["rows"], strict=True))
    except (OSError, ValueError, KeyError, EOFError):
        return {}


def _write(path: Path, keys: list[str], rows: Matrix) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, suffix=".npz")
    with os.fdopen(handle, "wb") as file:
        np.savez(file, keys=np.array(keys), rows=rows)
    Path(aside).replace(path)
