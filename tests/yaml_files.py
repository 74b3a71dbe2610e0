"""The YAML files of the tests, each read once by a process: what reads them in Python alone takes ten times as long."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def read_yaml(path: Path) -> Any:
    """What stands in this file. Nobody changes it: others read it too."""
    return yaml.load(path.read_bytes(), Loader=_LOADER)
