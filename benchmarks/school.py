"""The school of the benchmarks: open every day, its ladders a minute a rung, a base of a handful of entries.

A small base is learned and loaded quickly, so that a server that was killed is soon back; the code is the same. Every
form that staff send here carries MARK in each of its texts, which must be found nowhere but in a sealed column.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from benchmarks.report import ROOT

Answers = Mapping[str, tuple[str, ...]]

MARK = "Quillfeather"
MAIL_MARK = "qfmail"  # in the addresses of whoever logs: those are in letters to them, and nowhere else
KINDS = ("pupil", "pupil", "pupil", "staff", "pupil", "head", "pupil", "pupil", "dsl", "pupil", "staff", "pupil")
PHONES = "020 7946 01"  # how every telephone number of this school begins
_SHIPPED = ROOT / "knowledge"
_ENTRIES, _PHRASINGS, _EXAMPLES = 6, 25, 20
_PEOPLE = {
    "dsl": ("Ms Amara Bello", "Designated Safeguarding Lead", "01", "dsl@school.example"),
    "deputy": ("Mr Owen Pryce", "Deputy Designated Safeguarding Lead", "02", "deputy@school.example"),
    "head": ("Mrs Ruth Calder", "Headteacher", "03", "head@school.example"),
    "chair": ("Mr Tomasz Zielinski", "Chair of governors", "04", "chair@school.example"),
    "lado": ("The local authority designated officer", "LADO", "05", "lado@council.example"),
    "office": ("The school office", "Office", "06", "office@school.example"),
}
MAY_HEAR = {"pupil": ("dsl", "deputy", "head"), "staff": ("head",), "dsl": ("head",), "head": ("chair",)}
CLIMBING: Mapping[str, Any] = {  # a rung a minute: nobody who measures can wait for a quarter of an hour
    "pupil": ["dsl after 0", "deputy-dsl after 1", "head after 2"],
    "staff": ["head after 0", "head after 1", "head after 2"],
    "head": ["chair after 0", "chair after 1", "chair after 2"],
    "dsl": ["head after 0", "head after 1", "head after 2"],
    "last_wait": 1,
    "again": 1,
    "joined": 2,
}
SLOW: Mapping[str, Any] = {}  # the ladders that a school has that sets none


def write_base(folder: Path, ladders: Mapping[str, Any] = CLIMBING) -> Path:
    """A whole base in `folder`, made of a little of the one that is shipped."""
    shipped = {name: _read(f"{name}.yaml") for name in ("triage", "outside", "lexicon", "handovers")}
    examples = shipped["triage"]["examples"]
    shipped["triage"]["examples"] = {name: texts[:_EXAMPLES] for name, texts in examples.items()}
    outside = shipped["outside"]["outside"]
    shipped["outside"]["outside"] = {role: _some_of(texts, _EXAMPLES) for role, texts in outside.items()}
    files = {**shipped, "tips": {"tips": []}, "school": _school(ladders), "entries/few": {"entries": _entries()}}
    for path in sorted((_SHIPPED / "policies").glob("*.yaml")):
        files[f"policies/{path.stem}"] = _read(f"policies/{path.name}")
    for name, content in files.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def mail_of(person: str) -> str:
    """The address of somebody of this school."""
    return _PEOPLE[person][3]


def person_at(address: str) -> str:
    """Whose address this is; empty for whoever logged a concern."""
    return next((person for person, (*_, mail) in _PEOPLE.items() if mail == address), "")


def kind_of(number: int) -> str:
    """About whom the concern with this number is."""
    return KINDS[number % len(KINDS)]


def in_danger(number: int) -> bool:
    """Whether the concern with this number is marked as immediate."""
    return number % 7 == 3


def answers_for(number: int) -> Answers:
    """What a member of staff fills in, with the mark and this number in every text."""
    mark = f"{MARK} {number:06}"
    kind = kind_of(number)
    told = {"you_email": f"{MAIL_MARK}{number:06}@staff.example"} if number % 2 else {}
    texts = {
        "danger": "yes" if in_danger(number) else "no",
        "told": "yes" if number % 3 else "no",
        "seen": f"{mark} came in late, and the sleeve was torn at the seam.",
        "words": f"{mark}: I do not want to go home.",
        "date": "2024-05-13",
        "time": f"after lunch, {mark}",
        "where": f"by the bike shed, {mark}",
        "present": f"nobody but {mark}",
        "done": f"stayed with {mark} and rang the office",
        "link": f"https://posts.example/{MARK}/{number:06}",
        "categories": "Neglect",
        "you_name": f"Una {mark}",
        "you_role": f"Cover supervisor {mark}",
        **told,
    }
    about = {
        "pupil": {"about": "pupil", "pupils": f"Zelda {mark}, 7{MARK}"},
        "staff": {"about": "adult", "adult_name": f"Gus {mark}", "adult_role": f"Coach {mark}"},
        "dsl": {"about": "adult", "adult": "dsl"},
        "head": {"about": "head"},
    }[kind]
    return {name: (value,) for name, value in {**about, **texts}.items()}


def _entries() -> list[Any]:
    """A handful of the entries that are shipped, whole but for what points at the others."""
    found = [entry for entry in _read("entries/culture.yaml")["entries"] if "facts" not in entry][:_ENTRIES]
    alone: dict[str, Any] = {"related": [], "not_this": {}}
    return [{**entry, **alone, "phrasings": _some_of(entry["phrasings"], _PHRASINGS)} for entry in found]


def _some_of(texts: Any, count: int) -> list[str]:
    """The first ones, whoever wrote them."""
    every = texts if isinstance(texts, list) else [text for each in texts.values() for text in each]
    return list(every[:count])


def _school(ladders: Mapping[str, Any]) -> dict[str, Any]:
    today = dt.datetime.now(dt.UTC).date()
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    month = dt.timedelta(days=40)
    return {
        "id": "benchmark",
        "name": "Benchmark School",
        "nation": "England",
        "time_zone": "Europe/London",
        "people": {
            person: {"name": name, "role": role, "phone": f"{PHONES}{phone}", "email": mail}
            for person, (name, role, phone, mail) in _PEOPLE.items()
        },
        "roles": {
            "dsl": ["dsl"], "deputy-dsl": ["deputy"], "head": ["head"], "chair": ["chair"],
            "lado": ["lado"], "office": ["office"],
        },
        "hours": dict.fromkeys(days, "00:00-23:59"),
        "terms": [{"name": "Every day", "first": today - month, "last": today + month}],
        "ladders": dict(ladders),
        "summaries": "never",  # what is counted here is what concerns bring about
    }  # fmt: skip


def _read(name: str) -> Any:
    return yaml.safe_load((_SHIPPED / name).read_bytes())
