"""Make an environment as `make run`, or pip, does on somebody's machine. Only the installing uses the network."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT, one_at_a_time

LOCK = ROOT / "requirements-run.lock"
NEEDED = ("pyproject.toml", "README.md", "LICENSE", "bot", "adapters", "knowledge")  # what a build takes
SUPPORTED = ((3, 11), (3, 12), (3, 13))


@dataclass(frozen=True)
class Environment:
    """An installed AskFirst: its folder, and the Python and the command in it."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def askfirst(self) -> Path:
        return self.folder / "bin" / "askfirst"


@contextlib.contextmanager
def workshop() -> Iterator[Path]:
    """Where environments are made: a folder that is removed at the end, or the one that ASKFIRST_ENVIRONMENTS names,
    which is kept, with whatever somebody changed in it. The processes that run the tests together share it."""
    if kept := os.environ.get("ASKFIRST_ENVIRONMENTS"):
        Path(kept).mkdir(parents=True, exist_ok=True)
        yield Path(kept).resolve()
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    shared = Path(tempfile.gettempdir()).resolve() / f"askfirst-environments-{run}"
    user = shared / "users" / str(os.getpid())
    with one_at_a_time(shared):
        user.parent.mkdir(parents=True, exist_ok=True)
        user.touch()
    yield shared
    with one_at_a_time(shared):
        user.unlink()
        if not [*user.parent.iterdir()]:
            shutil.rmtree(shared, ignore_errors=True)


def newest_python() -> str | None:
    """The newest Python on this machine that AskFirst supports and that does not run these tests."""
    found = {number: path for path in _pythons() if (number := _number(path)) in SUPPORTED}
    found.pop(sys.version_info[:2], None)
    return found[max(found)] if found else None


def from_lock(shop: Path, name: str, python: str) -> Environment:
    """As `make run` does it: what the lock for running holds, by its hashes, and the project as a link."""
    made = Environment(shop / name)
    with one_at_a_time(shop / f"{name}-making"):
        if not made.askfirst.exists():
            _empty(made, python)
            _pip(made, "install", "--require-hashes", "-r", str(LOCK))
            _pip(made, "install", "--no-deps", "--no-build-isolation", "-e", str(_source(shop / f"{name}-source")))
    return made


def from_wheel(shop: Path, name: str, python: str, extras: str = "") -> Environment:
    """As pip does it: the wheel, and what it asks for in the versions of the lock."""
    made = Environment(shop / name)
    with one_at_a_time(shop / f"{name}-making"):
        if not made.askfirst.exists():
            _empty(made, python)
            asked = f"askfirst{extras} @ {wheel(shop).as_uri()}"
            _pip(made, "install", "-c", str(_versions(shop / f"{name}-making")), asked)
    return made


def wheel(shop: Path) -> Path:
    """The wheel of these sources."""
    folder = shop / "built"
    with one_at_a_time(folder):
        if not list(folder.glob("*.whl")):
            source = _source(shop / "wheel-source")
            asked = ("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source))
            _run([sys.executable, "-m", "pip", *asked])
    (built,) = folder.glob("*.whl")
    return built


def conflicts(environment: Environment) -> str:
    """What pip says of the packages that do not fit together."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(environment.python), "check"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def _source(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
            )
        else:
            shutil.copy(ROOT / name, folder)
    return folder


def _versions(folder: Path) -> Path:
    """The lock without its hashes: pip takes hashes for all that it installs or for nothing, and a wheel that was just
    built has none."""
    file = folder / "versions.txt"
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    pinned = [line.removesuffix("\\").rstrip() for line in lines if re.match(r"\w", line)]
    file.write_text("\n".join(pinned) + "\n", encoding="utf-8")
    return file


def _empty(environment: Environment, python: str) -> None:
    """Debian's Python comes without the part that puts pip into an environment: ours does without it everywhere."""
    _run([python, "-m", "venv", "--clear", "--without-pip", str(environment.folder)])


def _pip(environment: Environment, *arguments: str) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    _run([*pip, "--python", str(environment.python), *arguments])


def _run(command: list[str]) -> None:
    without = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, capture_output=True, text=True, env=without, cwd=tempfile.gettempdir())
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def _pythons() -> Iterator[str]:
    """Wherever a system, or pyenv, keeps them."""
    for _, minor in SUPPORTED:
        if path := shutil.which(f"python3.{minor}"):
            yield path
    yield from map(str, (Path.home() / ".pyenv" / "versions").glob("3.*/bin/python3"))


def _number(path: str) -> tuple[int, ...] | None:
    """Its version; None where it cannot be run, as a shim of pyenv's that leads nowhere cannot."""
    asked = "import sys; print(*sys.version_info[:2])"
    done = subprocess.run([path, "-c", asked], capture_output=True, text=True)
    return tuple(map(int, done.stdout.split())) if done.returncode == 0 else None
