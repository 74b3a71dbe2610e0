"""Take each line out of bot/concerns/guidance.py that says something or names somebody, one at a time, and see on which
channels tests/test_contract_concern.py misses it:

    python -m tests.mutate_guidance

A line that is missed on fewer than all four channels is one that a channel may lose without anybody noticing.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.concern_channels import CHANNELS
from tests.conftest import ROOT

GUIDANCE = Path("bot/concerns/guidance.py")
COPIED, LINKED = ("bot", "adapters", "tests", "pyproject.toml"), ("knowledge", "data")


def main() -> int:
    """Print a line for each mutation; 1 where one is not missed on every channel."""
    source, well = (ROOT / GUIDANCE).read_text(), True
    with tempfile.TemporaryDirectory() as folder:
        copy = _copied(Path(folder))
        assert _missed_on(copy) == set(), "the tests fail without a mutation"
        for line, mutated in mutations(source):
            (copy / GUIDANCE).write_text(mutated)
            missed = _missed_on(copy)
            # What a chat alone can refuse, chats alone can miss.
            wanted = {"slack", "teams"} if "refused" in line else set(CHANNELS)
            well = well and wanted <= missed
            print(f"{' '.join(sorted(missed)) or 'NOT MISSED':32} {line}", flush=True)
    return 0 if well else 1


def mutations(source: str) -> Iterator[tuple[str, str]]:
    """Each emitting line, and the source without it."""
    for number, node in enumerate(ast.walk(ast.parse(source))):
        for part in range(_parts(node)):
            tree = ast.parse(source)
            target = next(each for at, each in enumerate(ast.walk(tree)) if at == number)
            words = ast.unparse(_taken_out(target, part))
            yield f"{getattr(target, 'lineno', 0)}: {' '.join(words.split())[:90]}", ast.unparse(tree)


def _parts(node: ast.AST) -> int:
    """How many emitting lines this statement is: what it yields, adds to a list of people, or puts into a tuple."""
    match node:
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()) | ast.AugAssign(op=ast.Add()):
            return 1
        case ast.Return(value=ast.Tuple(elts=elements)):
            return len(elements)
    return 0


def _taken_out(node: ast.AST, part: int) -> ast.AST:
    """Take it out of the tree that it stands in; what was taken."""
    match node:
        case ast.Expr(value=value):
            node.value = ast.YieldFrom(ast.Tuple([], ast.Load()))
            return value
        case ast.AugAssign(value=value):
            node.value = ast.Tuple([], ast.Load())
            return value
        case ast.Return(value=ast.Tuple(elts=elements)):
            return elements.pop(part)
    raise ValueError(node)


def _copied(folder: Path) -> Path:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    return folder


def _missed_on(folder: Path) -> set[str]:
    """The channels whose tests fail."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not wide", "--tb=no", "-rfE"]
    tests = "tests/test_contract_concern.py"
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    run = subprocess.run([*command, tests], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert " passed" in run.stdout or " failed" in run.stdout, run.stdout + run.stderr
    return set(re.findall(rf"^(?:FAILED|ERROR) .*\[({'|'.join(CHANNELS)})\b", run.stdout, re.M))


if __name__ == "__main__":
    sys.exit(main())
