"""While nobody can be alerted that is a fault, and nobody is said to have been told by a line on a screen."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from adapters.command.doctor import examine
from adapters.command.main import run_verb
from adapters.command.serve import announcement
from adapters.delivering.mail import MailWay
from adapters.delivering.reaching import ALARM, ReachWatch, silent_ladders
from adapters.delivering.screen import ScreenWay
from adapters.delivering.sender import Sender, UndeliveredError
from bot.answering.dialogue import Base
from bot.concerns.guidance import after_logging
from bot.concerns.words import sentence
from bot.knowledge import Person, School
from bot.service.core import Core
from bot.service.delivery import Reach
from bot.service.letters import Letter
from bot.settings import Alerting, read_settings
from bot.store import Store
from tests.conftest import KEY, NOW
from tests.make_base import small_base
from tests.test_sender import PUPIL
from tests.test_watching import Watched

MAIL = {"ASKFIRST_SMTP": "smtp://mail.fernbank.example", "ASKFIRST_MAIL_FROM": "askfirst@fernbank.example"}
ALL_WELL = {person: Reach(True, "") for person in ("dsl", "deputy-1", "deputy-2", "head", "chair")}


class Made:
    """A way to the people in `reached`; the far end of every other wire is dead."""

    name, channel = "made up", "made-up"

    def __init__(self, *reached: str) -> None:
        self.reached = set(reached)

    def address_of(self, person: Person) -> str | None:
        return person.id

    async def send(self, letter: Letter, to: str) -> None:
        await self.look(to)

    async def look(self, to: str) -> None:
        if to not in self.reached:
            raise UndeliveredError("it is dead")


def examined(
    tmp_path: Path, reached: Mapping[str, Reach], given: Mapping[str, str] = MappingProxyType({}), *, demo: bool = False
) -> tuple[bool, str]:
    settings = read_settings(
        {"ASKFIRST_DATA": str(tmp_path), "ASKFIRST_KNOWLEDGE": str(small_base()), "ASKFIRST_KEYS": KEY,
         "ASKFIRST_MODEL": "none", **given}
    )  # fmt: skip
    well, lines = examine(settings, lambda _: reached, NOW, demo)
    return well, "\n".join(lines)


# --- the doctor


def test_the_doctor_calls_it_a_fault_that_no_way_is_set_up(tmp_path: Path) -> None:
    well, said = examined(tmp_path, {})
    assert not well
    assert "FAULT  ways: NOBODY CAN BE ALERTED" in said and "ASKFIRST_SMTP" in said


def test_in_a_demo_it_is_a_warning(tmp_path: Path) -> None:
    well, said = examined(tmp_path, {}, demo=True)
    assert well
    assert "WARN   ways: " in said and "nobody is told" in said


def test_with_a_way_to_everybody_all_is_well(tmp_path: Path) -> None:
    assert examined(tmp_path, ALL_WELL, MAIL)[0]


@pytest.mark.parametrize(
    ("away", "ladders"),
    [
        (("chair",), {"head": "the headteacher"}),
        (("head",), {"dsl": "the DSL"}),
        (("dsl", "deputy-1", "deputy-2"), {}),  # the head is the last on that ladder
        (("dsl", "deputy-1", "deputy-2", "head"), {"pupil": "a pupil", "dsl": "the DSL"}),
    ],
)
def test_each_ladder_on_which_nobody_can_be_reached_is_named(
    tmp_path: Path, away: tuple[str, ...], ladders: Mapping[str, str]
) -> None:
    well, said = examined(tmp_path, {**ALL_WELL, **dict.fromkeys(away, Reach(False, "it is dead"))}, MAIL)
    assert not well
    for ladder, about in ladders.items():
        assert f"FAULT  ladders > {ladder}: a concern about {about} reaches nobody" in said
    assert ("ladders > pupil" in said) is ("pupil" in ladders)


def test_the_command_itself_fails_without_a_way_and_not_in_a_demo(
    tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(migrated, tmp_path / "askfirst.db")
    given = {"ASKFIRST_DATA": str(tmp_path), "ASKFIRST_KNOWLEDGE": str(small_base()), "ASKFIRST_MODEL": "none"}
    for name, value in {**given, "ASKFIRST_KEYS": KEY}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ASKFIRST_SMTP", raising=False)
    assert run_verb(["doctor"]) == 1
    said = capsys.readouterr().out
    assert said.count("FAULT  ladders > ") == 4
    assert "Ms Amara Bello (020 7946 0101, a.bello@fernbank.example) cannot be sent alerts" in said
    assert run_verb(["doctor", "--demo"]) == 0
    assert "FAULT" not in capsys.readouterr().out


# --- the server


def test_the_start_says_it(base: Base, tmp_path: Path) -> None:
    said = "\n".join(announcement(read_settings({"ASKFIRST_DATA": str(tmp_path)}), base, ()))
    assert "NOBODY CAN BE ALERTED" in said


async def test_monitoring_is_red_while_there_is_no_way(core: Core) -> None:
    watch = ReachWatch(core.school, (ScreenWay(print),))
    async with Watched(core, alarm=lambda: watch.alarm).open() as watched:
        assert (await watched.healthz())[0] == 503, "before the first look"
        await watch.look()
        status, said = await watched.healthz()
        assert (status, said["status"]) == (503, ALARM)
        assert await watched.livez() == 200


async def test_in_a_demo_monitoring_is_green(core: Core) -> None:
    watch = ReachWatch(core.school, (ScreenWay(print),), demo=True)
    await watch.look()
    async with Watched(core, alarm=lambda: watch.alarm).open() as watched:
        assert (await watched.healthz())[0] == 200


async def test_a_ladder_that_falls_silent_is_noticed_and_named_once(
    core: Core, caplog: pytest.LogCaptureFixture
) -> None:
    way = Made("dsl", "head", "chair")
    watch = ReachWatch(core.school, (way,))
    well = await watch.look()
    assert watch.alarm == ""
    way.reached = {"dsl", "head"}
    for _ in range(3):
        assert await watch.look() < well, "while nobody can be reached it looks more often"
    assert watch.alarm == ALARM
    assert caplog.text.count("FAULT: ladders > head: a concern about the headteacher reaches nobody") == 1
    way.reached = {"dsl", "head", "chair"}
    await watch.look()
    assert watch.alarm == ""


def test_a_ladder_with_nobody_on_it_is_silent(school: School) -> None:
    nobody = replace(school, roles={**school.roles, "chair": ()})
    assert list(silent_ladders(nobody, ALL_WELL)) == [
        "ladders > head: a concern about the headteacher reaches nobody, because it calls nobody at all"
    ]


# --- what whoever logged it is told


@pytest.mark.parametrize(("alerting", "because"), [("screen", "printed on the server's screen"), ("nowhere", "no way")])
@pytest.mark.parametrize("danger", ["yes", "no"])
def test_a_receipt_says_that_nobody_has_been_told_and_whom_to_ring(
    base: Base, store: Store, alerting: Alerting, because: str, danger: str
) -> None:
    core = Core(lambda: base, store, alerting=alerting)
    receipt = core.casework.log("one", {**PUPIL, "danger": (danger,)}, NOW)
    advice = {each.kind: each for each in after_logging(core.school(), receipt)}
    assert "told" not in advice
    assert advice["unheard"].urgent and advice["unheard"].heading == "Tell somebody yourself, now"
    assert because in advice["unheard"].text
    rung = advice["danger" if danger == "yes" else "unheard"].people
    assert [person.id for person in rung][:1] == ["dsl"]


def test_with_a_way_the_receipt_says_who_is_told(core: Core) -> None:
    kinds = [each.kind for each in after_logging(core.school(), core.casework.log("one", PUPIL, NOW))]
    assert "told" in kinds and "unheard" not in kinds


async def test_what_was_printed_on_a_screen_has_told_nobody(core: Core) -> None:
    printed: list[str] = []
    receipt = core.casework.log("one", PUPIL, NOW)
    sender = Sender(core.delivery(), (ScreenWay(printed.append),), lambda: NOW, "http://localhost")
    await sender.send_due()
    await sender.finish()
    assert printed
    followed = core.casework.follow(receipt.receipt, NOW)
    assert followed
    assert "was told" not in " ".join(step.text for step in followed.steps)
    assert followed.steps[-1].text.endswith("was printed on the server's screen. Nobody has been told by it.")
    assert followed.ring[0].id == "dsl", "whom to ring is said, because nobody has heard"
    reader = core.casework.reader("dsl")
    assert reader
    lines = [sentence(event) for event in core.casework.read(reader, receipt.number, NOW).events]
    assert "Alert for Ms Amara Bello printed on the server's screen. Nobody was told by it" in lines


def test_e_mail_is_a_way_to_people_and_a_screen_is_none(tmp_path: Path) -> None:
    assert read_settings({"ASKFIRST_DATA": str(tmp_path)}).alerting == "screen"
    assert read_settings({"ASKFIRST_DATA": str(tmp_path), "PORT": "80"}).alerting == "nowhere"
    mail = read_settings({"ASKFIRST_DATA": str(tmp_path), **MAIL})
    assert mail.alerting == "sent" and mail.mail and MailWay(mail.mail).name == "e-mail"
