"""Named arrays in one file: plain numbers, never a pickle, and a checksum of each that is looked at when it is read."""

from __future__ import annotations

import lzma
import math
import os
import tempfile
import zipfile
import zlib
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]
_SMALLEST = 9
MOST = 2**29  # bytes of one array: many times what any base needs, and no start may be made to take more
_UNPACKING = (zipfile.BadZipFile, zlib.error, lzma.LZMAError)


def write_arrays(path: Path, arrays: Arrays, small: bool) -> None:
    """Written aside and moved into place. `small` packs it as small as it gets. The same arrays make the same file,
    byte for byte. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, suffix=".npz")
    packing = zipfile.ZIP_LZMA if small else zipfile.ZIP_STORED
    with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", packing, compresslevel=_SMALLEST) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")  # which has no time of its own
            member.compress_type = packing
            with archive.open(member, "w", force_zip64=True) as written:
                np.lib.format.write_array(written, array, allow_pickle=False)
    Path(aside).chmod(0o644)
    Path(aside).replace(path)


def read_arrays(path: Path, names: Container[str] | None = None) -> dict[str, npt.NDArray[Any]] | None:
    """What a file holds, or what of these names it holds; None where there is none, or it is damaged, or one of them
    is larger than anything that is kept."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            chosen = [name for name in file.files if names is None or name in names]
            if any(_size(file.zip, name) > MOST for name in chosen):
                return None
            found = {name: file[name] for name in chosen}
    except (OSError, ValueError, KeyError, EOFError, AttributeError, TypeError, RuntimeError, MemoryError, *_UNPACKING):
        return None  # one damaged byte may end in any of them, and must not keep a server from starting
    whole = all(isinstance(array, np.ndarray) and not _has_nan(array) for array in found.values())
    return found if whole else None


def _size(archive: zipfile.ZipFile, name: str) -> int:
    """How many bytes it takes, by what the archive says (of which no more are unpacked), or by its own shape."""
    member = f"{name}.npy"
    with archive.open(member) as opened:
        version = np.lib.format.read_magic(opened)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(opened)
    return max(archive.getinfo(member).file_size, math.prod(shape) * dtype.itemsize)


def _has_nan(array: npt.NDArray[Any]) -> bool:
    return array.dtype.kind == "f" and bool(np.isnan(array).any())
