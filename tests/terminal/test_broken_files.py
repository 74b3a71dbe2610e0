"""A file, a folder, a day or a database that cannot be used is one sentence that names it and says what to do."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.command.main import load_verb, run_verb
from tests.conftest import KEY
from tests.make_base import small_base

QUESTION = "- {id: 1, text: hello, kind: smalltalk}\n"


def a_folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def bytes_of(content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


# Kind of fault -> how a file comes to have it.
BROKEN: Mapping[str, Callable[[Path], object]] = {
    "missing": lambda path: path.unlink(missing_ok=True),
    "a folder": a_folder,
    "empty": bytes_of(b""),
    "binary": bytes_of(bytes(range(256)) * 8),
    "not UTF-8": bytes_of("- {id: 1, text: café, kind: smalltalk}\n".encode("latin-1")),
    "wrong YAML": bytes_of(b"a: [1,\n b: }\n"),
    "a tab": bytes_of(b"a:\n\t- 1\n"),
    "a day that is none": bytes_of(b"- {id: 2026-02-30}\n"),
    "nested without end": bytes_of(b"[" * 2_000),
    "one text": bytes_of(b"just a text\n"),
    "a list of lists": bytes_of(b"- [1, 2]\n"),
    "numbers": bytes_of(b"- 1\n- 2\n"),
    "another shape": bytes_of(b"entries: {a: b}\n"),
}
APP = "--app-id 8e0f5c3a-1b2c-4d5e-8f90-a1b2c3d4e5f6 --host ask.school.example"
READ_LINE_BY_LINE = {"missing", "a folder"}  # of these alone `ask --json` says something about the whole file
# Every kind of fault in one file of a base, and the commonest in every other one.
COMMON = ("missing", "wrong YAML", "one text")
OF_A_BASE = [
    *(("school.yaml", kind) for kind in BROKEN),
    *((name, kind) for name in ("outside.yaml", "tips.yaml", "triage.yaml", "lexicon.yaml") for kind in COMMON),
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that commands run in, with the settings of a fresh server."""
    for name in [name for name in os.environ if name.startswith(("ASKFIRST_", "SLACK_", "TEAMS_"))]:
        monkeypatch.delenv(name)
    given = {"ASKFIRST_DATA": str(tmp_path / "data"), "ASKFIRST_MODEL": "none", "ASKFIRST_KEYS": KEY}
    for name, value in {**given, "ASKFIRST_KNOWLEDGE": str(small_base())}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 1) -> str:
    """Run a verb that must fail; what it complained of. Whatever else it raises fails the test as a traceback would
    meet a person."""
    try:
        ended = run_verb(arguments)
    except SystemExit as end:  # argparse
        assert isinstance(end.code, int)
        ended = end.code
    complained = capsys.readouterr().err
    assert ended == status, complained
    assert complained.count("askfirst: ") == 1, "one message"
    assert "Traceback" not in complained
    return complained


@pytest.mark.parametrize("kind", BROKEN)
def test_questions_to_score(here: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    BROKEN[kind](here / "questions.yaml")
    assert "questions.yaml" in refused(capsys, "score", "questions.yaml")


@pytest.mark.parametrize("clauses", ["one", "[[1]]", "{a: b}", "[{}]"])
def test_clauses_that_are_no_list_of_ids(here: Path, capsys: pytest.CaptureFixture[str], clauses: str) -> None:
    line = f"- {{id: 1, text: hello, kind: guidance, clauses: {clauses}}}\n"
    (here / "questions.yaml").write_text(line, encoding="utf-8")
    assert "item 1: clauses" in refused(capsys, "score", "questions.yaml")


@pytest.mark.parametrize("kind", sorted(READ_LINE_BY_LINE))
def test_questions_to_answer(here: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    BROKEN[kind](here / "lines.jsonl")
    assert "lines.jsonl" in refused(capsys, "ask", "--json", "lines.jsonl")


@pytest.mark.parametrize(("name", "kind"), OF_A_BASE)
def test_a_file_of_the_base(here: Path, capsys: pytest.CaptureFixture[str], name: str, kind: str) -> None:
    base = copied_base(here / "base")
    BROKEN[kind](base / name)
    assert name in refused(capsys, "check", "base")


@pytest.mark.parametrize("folder", ["entries", "policies"])
@pytest.mark.parametrize("kind", [kind for kind in BROKEN if kind not in READ_LINE_BY_LINE])
def test_a_file_in_a_folder_of_the_base(here: Path, capsys: pytest.CaptureFixture[str], folder: str, kind: str) -> None:
    base = copied_base(here / "base")
    BROKEN[kind](base / folder / "new.yaml")
    assert f"{folder}/new.yaml" in refused(capsys, "check", "base")


@pytest.mark.parametrize("verb", ["check", "audit", "concern", "inbox dsl", "inbox-link dsl", "tips", "gaps", "serve"])
@pytest.mark.parametrize("kind", ["missing", "empty folder", "a file"])
def test_a_knowledge_folder_that_is_none(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, verb: str, kind: str
) -> None:
    folder = here / "base"
    if kind != "missing":
        folder.mkdir() if kind == "empty folder" else folder.write_bytes(b"")
    monkeypatch.setenv("ASKFIRST_KNOWLEDGE", str(folder))
    complained = refused(capsys, *verb.split())
    assert "in the knowledge base" in complained
    assert (str(folder) if kind != "empty folder" else "entries/") in complained


@pytest.mark.parametrize("verb", ["audit", "audit verify", "concern", "receipt x", "inbox dsl", "inbox-link dsl",
                                  "keys rotate", "tips", "work"])  # fmt: skip
@pytest.mark.parametrize("data", ["a file", "in a file"])
def test_a_data_folder_that_cannot_be_written(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, verb: str, data: str
) -> None:
    (here / "file").write_bytes(b"")
    monkeypatch.setenv("ASKFIRST_DATA", str(here / "file" / ("" if data == "a file" else "data")))
    complained = refused(capsys, *verb.split())
    assert str(here / "file") in complained
    assert "ASKFIRST_DATA" in complained


@pytest.mark.parametrize("verb", ["audit", "concern", "receipt x", "inbox dsl", "keys rotate", "tips"])
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://askfirst:sesame@127.0.0.1:9/askfirst",
        "postgresql://askfirst:sesame@127.0.0.1:port/askfirst",
        "mysql://askfirst:sesame@127.0.0.1/askfirst",
        "sesame",
    ],
)
def test_a_database_that_cannot_be_reached(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, verb: str, url: str
) -> None:
    monkeypatch.setenv("ASKFIRST_DATABASE_URL", url)
    complained = refused(capsys, *verb.split())
    assert "ASKFIRST_DATABASE_URL" in complained
    assert "sesame" not in complained


def test_a_database_that_is_another_kind_of_file(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "notes.db").write_bytes(b"Dear diary, " * 1000)
    monkeypatch.setenv("ASKFIRST_DATABASE_URL", f"sqlite:///{here / 'notes.db'}")
    assert "notes.db" in refused(capsys, "audit")


@pytest.mark.parametrize("day", ["2027-13-01", "2027-02-30", "soon", "", "01/09/2027"])
@pytest.mark.parametrize("verb", ["check --today", "tips pause --until", "tips pin tip-danger-999", "tips unpin"])
def test_a_day_that_is_none(here: Path, capsys: pytest.CaptureFixture[str], verb: str, day: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run_verb([*verb.split(), day])
    complained = capsys.readouterr().err
    assert (ended.value.code, complained.count("error:")) == (2, 1)
    assert f"'{day}' is not a date. Write it as 2027-09-01" in complained


@pytest.mark.parametrize("out", ["nowhere/x.zip", ".", "file/x.zip"])
def test_a_package_that_cannot_be_written(here: Path, capsys: pytest.CaptureFixture[str], out: str) -> None:
    (here / "file").write_bytes(b"")
    complained = refused(capsys, "teams", "package", *APP.split(), "--out", out)
    assert f"'{out}' could not be written" in complained
    assert "Name a file in a folder that is there" in complained


@pytest.mark.parametrize("arguments", [(), ("frob",), ("ask", "--frob"), ("keys", "old"), ("inbox",), ("score",)])
def test_arguments_that_cannot_be_used_end_with_2(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_verb(arguments)
    assert ended.value.code == 2
    assert "usage: askfirst" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("verb", "named"),
    [
        ("score closed/q.yaml", "q.yaml"),
        ("ask --json closed/q.yaml", "q.yaml"),
        ("check base", "school.yaml"),
        ("audit", "data"),
        (
            "teams package --app-id 8e0f5c3a-1b2c-4d5e-8f90-a1b2c3d4e5f6 --host ask.school.example --out data/x",
            "data/x",
        ),
    ],
)
def test_what_somebody_has_no_right_to(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, verb: str, named: str
) -> None:
    load_verb(verb.split()[0])  # while this user may read the libraries
    with tempfile.TemporaryDirectory(prefix="askfirst-rights-") as folder, monkeypatch.context() as moved:
        open_to_all = Path(folder)
        open_to_all.chmod(0o755)
        moved.chdir(open_to_all)
        moved.setenv("ASKFIRST_DATA", str(open_to_all / "data"))
        (open_to_all / "closed").mkdir()
        (open_to_all / "closed" / "q.yaml").write_text(QUESTION, encoding="utf-8")
        copied_base(open_to_all / "base").joinpath("school.yaml").chmod(0)
        (open_to_all / "closed").chmod(0)
        (open_to_all / "data").mkdir(mode=0o500)
        with without_rights():
            complained = refused(capsys, *verb.split())
        (open_to_all / "closed").chmod(0o700)
    assert named in complained


@contextmanager
def without_rights() -> Iterator[None]:
    """As a user who has no rights of their own, for whoever runs the tests may be allowed everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def copied_base(folder: Path) -> Path:
    """A copy of the base."""
    return Path(shutil.copytree(small_base(), folder))
