"""Take each line out of bot/concerns/guidance.py that says something or names somebody, one at a time, and see on which
channels tests/test_contract_concern.py misses it:

    python -m tests.mutate_guidance

A line that is missed on fewer than all four channels is one that a channel may lose without anybody noticing.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import TypeGuard

import pytest

from bot.concerns import guidance
from tests.concern_channels import CHANNELS

_TESTS = Path(__file__).with_name("test_contract_concern.py")
# The rows in which every line of guidance has something to say.
_ENOUGH = "not every_kind and (failing or weekend or guest or nobody or slow or elsewhere)"

# Nobody is from outside but in a chat; there everybody is known, and only there is it sure that nobody else is left.
_ONLY_IN = {"refused": {"slack", "teams"}, "nobody-left": {"slack", "teams"}, "claimed": {"page", "terminal"}}


def main() -> int:
    """Print a line for each mutation; 1 where one is not missed on every channel."""
    source, well = Path(guidance.__file__).read_text(), True
    assert _missed_on(source) == set(), "the tests fail without a mutation"
    for line, mutated in mutations(source):
        missed = _missed_on(mutated)
        wanted = next((where for kind, where in _ONLY_IN.items() if f"'{kind}'" in line), set(CHANNELS))
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


class Missed:
    """Keeps on which channels a test failed, and leaves out what is left of these: once is enough."""

    def __init__(self) -> None:
        self.channels: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if _channel_of(item.nodeid) in self.channels:
            pytest.skip("missed already")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.channels |= {_channel_of(report.nodeid)}


def _channel_of(test: str) -> str:
    found = re.search(rf"\[(?:[^-]*-)?({'|'.join(CHANNELS)})\b", test)
    return found[1] if found else ""


def _missed_on(source: str) -> set[str]:
    """The channels whose tests fail while guidance is this source."""
    missed = Missed()
    with _in_force(source), contextlib.redirect_stdout(io.StringIO()):
        pytest.main(["-q", "-p", "no:cacheprovider", "-n", "0", "--tb=no", "-k", _ENOUGH, str(_TESTS)], [missed])
    return missed.channels


@contextlib.contextmanager
def _in_force(source: str) -> Iterator[None]:
    """While every function of guidance, whoever has imported it, does what this source says."""
    mutated: dict[str, object] = {"__name__": guidance.__name__}
    exec(compile(source, guidance.__file__, "exec"), mutated)
    ours = {name: each for name, each in vars(guidance).items() if _is_ours(each)}
    before = {name: each.__code__ for name, each in ours.items()}
    for name, each in ours.items():
        each.__code__ = mutated[name].__code__  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for name, each in ours.items():
            each.__code__ = before[name]


def _is_ours(each: object) -> TypeGuard[FunctionType]:
    return isinstance(each, FunctionType) and each.__module__ == guidance.__name__


if __name__ == "__main__":
    sys.exit(main())
