"""Named arrays in one file: plain numbers, never a pickle, and a checksum of each that is looked at when it is read."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]
_SMALLEST = 9
_UNPACKING = (zipfile.BadZipFile, zlib.error)


def write_arrays(path: Path, arrays: Arrays, small: bool) -> None:
    """Written aside and moved into place. `small` packs it as small as it gets. The same arrays make the same file,
    byte for byte. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, suffix=".npz")
    packing = zipfile.ZIP_BZIP2 if small else zipfile.ZIP_STORED
    with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", packing, compresslevel=_SMALLEST) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")  # which has no time of its own
            member.compress_type = packing
            with archive.open(member, "w", force_zip64=True) as written:
                np.lib.format.write_array(written, array, allow_pickle=False)
    Path(aside).chmod(0o644)
    Path(aside).replace(path)


def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]] | None:
    """What a file holds; None where there is none, or it is damaged."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
    except (OSError, ValueError, KeyError, EOFError, AttributeError, TypeError, RuntimeError, MemoryError, *_UNPACKING):
        return None  # one damaged byte may end in any of them, and must not keep a server from starting
    whole = all(isinstance(array, np.ndarray) and not _has_nan(array) for array in found.values())
    return found if whole else None


def _has_nan(array: npt.NDArray[Any]) -> bool:
    return array.dtype.kind == "f" and bool(np.isnan(array).any())
