"""The documents name files, functions and settings that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from adapters.command.main import VERBS
from tests.conftest import ROOT

FOLDERS = ("adapters", "benchmarks", "bot", "docs", "knowledge", "tests")
DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "knowledge" / "README.md")
)
_PATH = re.compile(rf"(?:{'|'.join(FOLDERS)})/[\w./*-]*|[\w-]+\.(?:toml|lock|yaml)|Makefile|Procfile")
_NAMED = re.compile(r"(?P<path>[\w./-]+\.py):(?P<name>[\w.]+)")
_METHOD = re.compile(r"[A-Z][a-z]\w*\.[a-z_]\w*")
_OF_LIBRARIES = ("docs/teams.md",)  # names methods of the libraries that it compares


def _prose(document: str) -> str:
    """Without the blocks, which may show files that a reader is about to make."""
    return re.sub(r"^ *```.*?^ *```", "", (ROOT / document).read_text(encoding="utf-8"), flags=re.M | re.S)


def _made(document: str) -> frozenset[str]:
    """Files that a reader makes, because a block shows them whole."""
    return frozenset(re.findall(r"^ *```python (\S+)$", (ROOT / document).read_text(encoding="utf-8"), flags=re.M))


def _quoted(document: str) -> list[str]:
    return re.findall(r"`([^`]+)`", _prose(document))


@cache
def _names_in(path: Path) -> frozenset[str]:
    """Every class, function, method and constant of a module."""
    found: set[str] = set()

    def look(body: list[ast.stmt], before: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                found.add(before + node.name)
            if isinstance(node, ast.ClassDef):
                look(node.body, f"{before}{node.name}.")
            if isinstance(node, ast.Assign):
                found.update(before + target.id for target in node.targets if isinstance(target, ast.Name))
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(before + node.target.id)

    look(ast.parse(path.read_text(encoding="utf-8")).body, "")
    return frozenset(found)


@cache
def _methods() -> frozenset[str]:
    modules = (path for folder in ("bot", "adapters") for path in (ROOT / folder).rglob("*.py"))
    return frozenset(name for module in modules for name in _names_in(module))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_is_named_exists(document: str) -> None:
    named = {quoted.partition(":")[0] for quoted in _quoted(document)}
    paths = {path for path in named if _PATH.fullmatch(path)} - _made(document)
    base = (ROOT, ROOT / "knowledge", ROOT / "docs")  # the files of a knowledge base are named without their folder
    assert not {path for path in paths if not any(list(each.glob(path.rstrip("/"))) for each in base)}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_function_that_is_named_exists(document: str) -> None:
    wrong = set()
    for quoted in _quoted(document):
        named = _NAMED.fullmatch(quoted)
        missing = named and named["name"] not in _names_in(ROOT / named["path"])
        unknown = _METHOD.fullmatch(quoted) and quoted not in _methods() and document not in _OF_LIBRARIES
        if missing or unknown:
            wrong.add(quoted)
    assert not wrong


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_page_that_is_linked_exists(document: str) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", _prose(document))
    here = [link for link in links if "://" not in link]
    assert not [link for link in here if not ((ROOT / document).parent / link).exists()]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_verb_that_is_named_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^ *\$? ?)askfirst ([a-z][a-z-]+)", text, flags=re.M))
    assert named <= set(VERBS) | {Path(file).stem for file in _made(document)}


def test_every_folder_of_the_core_and_the_adapters_is_in_the_drawing() -> None:
    drawing = re.search(r"```\n( +adapters/.*?)```", (ROOT / "docs/architecture.md").read_text("utf-8"), re.S)
    assert drawing
    folders = {path.parent.name for top in ("bot", "adapters") for path in (ROOT / top).glob("*/__init__.py")}
    assert {folder for folder in folders if folder not in drawing[1]} == set()


def test_a_name_that_is_not_there_is_found_out() -> None:
    assert "Assistant.handle" in _names_in(ROOT / "bot/service/assistant.py")
    assert "Assistant.handles" not in _methods()
