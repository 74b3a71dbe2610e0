"""From a logged concern to a letter in a mailbox: a real mail server, a real store, a moved clock."""

from __future__ import annotations

import asyncio
import datetime as dt
import email
import email.policy
import logging
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from adapters.delivering.loops import Loops
from adapters.delivering.mail import MailWay
from adapters.delivering.pulse import Pulse
from adapters.delivering.screen import ScreenWay
from adapters.delivering.sender import Sender, UndeliveredError, unreachable
from bot.concerns.ladder.escalation import Step
from bot.knowledge import Person, School
from bot.service.casework import Casework
from bot.service.delivery import Delivery
from bot.service.letters import Letter
from bot.settings import Mail, SettingsError, read_settings
from bot.store import Notice, Store
from tests.conftest import NOW
from tests.databases import free_port

DSL_MAIL, HEAD_MAIL = "a.bello@fernbank.example", "r.calder@fernbank.example"
ADDRESS = "https://ask.fernbank.example"
MARKED = {
    "danger": ("no",), "told": ("no",), "about": ("pupil", "adult"), "pupils": ("Zelda Markerpupil, 7Markergroup",),
    "adult_name": ("Gus Markeradult",), "adult_role": ("Markerrole",), "seen": ("Markerseen",),
    "words": ("Markerwords",), "time": ("Markertime",), "where": ("Markerwhere",), "present": ("Markerpresent",),
    "done": ("Markerdone",), "link": ("Markerlink",), "categories": ("Neglect",), "you_name": ("Una Markeryou",),
    "you_role": ("Markeryourole",), "you_email": ("markermail@fernbank.example",),
}  # fmt: skip
PUPIL = {name: values for name, values in MARKED.items() if not name.startswith("adult")} | {"about": ("pupil",)}


class Clock:
    """A clock that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def moves(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


class Mailbox:
    """What a real mail server does with what arrives: keep it, or refuse an address."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, EmailMessage]] = []
        self.refused: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - the server's own name for it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        message: Any = email.message_from_bytes(content, policy=email.policy.default)
        self.letters.append((envelope.rcpt_tos[0], message))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for recipient, message in self.letters if recipient == address]


Served = tuple[Mailbox, Mail]


@pytest.fixture
def mailbox() -> Iterator[Served]:
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, Mail("127.0.0.1", port, "", "", "none", "askfirst@fernbank.example")
    controller.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def casework(school: School, store: Store) -> Casework:
    return Casework(lambda: school, store)


@pytest.fixture
def delivery(school: School, store: Store) -> Delivery:
    return Delivery(lambda: {school.id: school}, store)


async def send_all(sender: Sender) -> None:
    """Until nothing more is due at this moment."""
    while await sender.send_due():
        await sender.finish()


def lines_of(store: Store, school: School, number: str) -> list[tuple[str, str, int, str]]:
    found = store.concerns(school.id)
    with found.work_on_ladder(number) as case:
        return [
            (event.kind, event.detail.who, event.detail.tries, event.detail.reason)
            for event in case.events
            if event.kind in ("alert-sent", "alert-failed")
        ]


async def test_an_alert_arrives_with_number_and_urgency_and_nothing_else(
    mailbox: Served,
    casework: Casework,
    delivery: Delivery,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    box, mail = mailbox
    caplog.set_level(logging.DEBUG)
    receipt = casework.log("one", MARKED, NOW)
    await send_all(Sender(delivery, (MailWay(mail),), clock, ADDRESS))
    (letter,) = box.to(HEAD_MAIL)
    text = letter.get_content()
    assert receipt.number in letter["Subject"]
    assert f"Number: {receipt.number}" in text
    assert "not marked as immediate" in text
    assert f"{ADDRESS}/inbox/concerns/{receipt.number}" in text
    assert "holds no details" in text
    shown = "".join(str(message) for _, message in box.letters) + caplog.text
    assert "arker" not in shown
    assert "adult" not in text


async def test_an_immediate_one_says_so_and_goes_to_the_first_two_rungs(
    mailbox: Served, casework: Casework, delivery: Delivery, clock: Clock
) -> None:
    box, mail = mailbox
    casework.log("one", {**PUPIL, "danger": ("yes",)}, NOW)
    await send_all(Sender(delivery, (MailWay(mail),), clock, ADDRESS))
    assert sorted(address for address, _ in box.letters) == [
        DSL_MAIL,
        "h.qureshi@fernbank.example",
        "o.pryce@fernbank.example",
    ]
    assert all(message["Subject"].startswith("IMMEDIATE") for _, message in box.letters)
    assert all(message["Importance"] == "high" for _, message in box.letters)


async def test_the_reporter_hears_who_acknowledged_it(
    mailbox: Served, casework: Casework, delivery: Delivery, clock: Clock
) -> None:
    box, mail = mailbox
    receipt = casework.log("one", PUPIL, NOW)
    reader = casework.reader("dsl")
    assert reader
    clock.moves(minutes=3)
    casework.acknowledge(reader, receipt.number, clock.now)
    await send_all(Sender(delivery, (MailWay(mail),), clock, ADDRESS))
    (letter,) = box.to("markermail@fernbank.example")
    assert "Ms Amara Bello acknowledged it at 10:03 on 23 November." in letter.get_content()
    assert "Zelda" not in str(letter)


async def test_a_server_that_is_down_is_tried_again_and_again_and_uses_up_nothing(
    casework: Casework, delivery: Delivery, clock: Clock, store: Store, school: School
) -> None:
    nobody = Mail("127.0.0.1", free_port(), "", "", "none", "askfirst@fernbank.example")
    sender = Sender(delivery, (MailWay(nobody),), clock, ADDRESS)
    number = casework.log("one", PUPIL, NOW).number
    for seconds in (0, 20, 60):
        clock.moves(seconds=seconds)
        await send_all(sender)
    failed = lines_of(store, school, number)
    assert [(kind, who, tries) for kind, who, tries, _ in failed[:3]] == [
        ("alert-failed", "Ms Amara Bello", 1),
        ("alert-failed", "Ms Amara Bello", 2),
        ("alert-failed", "Ms Amara Bello", 3),
    ]
    assert "cannot be reached" in failed[0][3]
    assert {who for _, who, _, _ in failed} == {"Ms Amara Bello"}
    assert not delivery.health(clock.now).well


async def test_an_address_that_is_refused_for_good_brings_the_next_way_at_once(
    mailbox: Served, casework: Casework, delivery: Delivery, clock: Clock, store: Store, school: School
) -> None:
    box, mail = mailbox
    box.refused[DSL_MAIL] = "550 no such mailbox"
    shown: list[str] = []
    sender = Sender(delivery, (MailWay(mail), ScreenWay(shown.append)), clock, ADDRESS)
    number = casework.log("one", PUPIL, NOW).number
    await send_all(sender)
    assert lines_of(store, school, number) == [
        ("alert-failed", "Ms Amara Bello", 1, "the mail server refused the address (550)"),
        ("alert-sent", "Ms Amara Bello", 2, ""),
    ]
    assert number in shown[0]
    assert "Bello" not in shown[0]


async def test_an_address_that_is_refused_for_now_is_tried_again(
    mailbox: Served, casework: Casework, delivery: Delivery, clock: Clock
) -> None:
    box, mail = mailbox
    box.refused[DSL_MAIL] = "450 try again"
    sender = Sender(delivery, (MailWay(mail),), clock, ADDRESS)
    casework.log("one", PUPIL, NOW)
    await send_all(sender)
    assert box.to(DSL_MAIL) == []
    del box.refused[DSL_MAIL]
    clock.moves(seconds=20)
    await send_all(sender)
    assert len(box.to(DSL_MAIL)) == 1


async def test_a_letter_whose_sender_died_is_a_repeat_with_the_same_id(
    mailbox: Served, casework: Casework, delivery: Delivery, clock: Clock, school: School, store: Store
) -> None:
    box, mail = mailbox
    casework.log("one", PUPIL, NOW)
    dying = Delivery(lambda: {school.id: school}, store)
    (claimed,) = dying.claim(NOW)
    clock.moves(seconds=31)
    await send_all(Sender(delivery, (MailWay(mail),), clock, ADDRESS))
    (letter,) = box.to(DSL_MAIL)
    assert letter["Message-ID"] == f"<{claimed.id}@askfirst.fernbank.example>"
    assert "This is a repeat" in letter.get_content()


class BrokenWay:
    """A way with a fault that nobody thought of."""

    name = channel = "broken"

    def address_of(self, person: Person) -> str | None:
        return person.id

    async def send(self, letter: Letter, to: str) -> None:
        raise RuntimeError(f"about {letter.number} Markersecret")

    async def look(self, to: str) -> None:
        raise UndeliveredError("it is broken")


async def test_a_fault_that_nobody_thought_of_loses_nothing_and_says_nothing(
    mailbox: Served,
    casework: Casework,
    delivery: Delivery,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    box, mail = mailbox
    casework.log("one", PUPIL, NOW)
    await send_all(Sender(delivery, (BrokenWay(),), clock, ADDRESS))
    assert "RuntimeError" in caplog.text
    assert "Markersecret" not in caplog.text
    clock.moves(seconds=31)
    await send_all(Sender(delivery, (MailWay(mail),), clock, ADDRESS))
    assert len(box.to(DSL_MAIL)) == 1


async def test_a_link_is_sent_to_somebody_who_reads_concerns_and_to_nobody_else(
    mailbox: Served, delivery: Delivery, clock: Clock, school: School, store: Store
) -> None:
    box, mail = mailbox
    outbox = store.outbox((school.id,))
    for typed in (" A.Bello@Fernbank.example ", "stranger@mail.example", "lado@council.example", ""):
        outbox.add(school.id, None, (Step("sign-in", NOW, text=typed),))
    await send_all(Sender(delivery, (MailWay(mail),), clock, ADDRESS))
    ((address, letter),) = box.letters
    assert address == DSL_MAIL
    token = letter.get_content().split("token=")[1].split()[0]
    session = store.sign_in(school.id).use_link(token, NOW)
    assert session
    assert store.sign_in(school.id).who(session, NOW) == "dsl"


async def test_who_cannot_be_reached_is_known_without_sending_anything(mailbox: Served, school: School) -> None:
    box, mail = mailbox
    box.refused[HEAD_MAIL] = "550 no such mailbox"
    assert await unreachable(school, (MailWay(mail),)) == {"head": "e-mail: the mail server refused (550)"}
    assert box.letters == []
    everybody = await unreachable(school, ())
    assert set(everybody) == {"dsl", "deputy-1", "deputy-2", "head", "chair"}


async def test_the_loop_sends_while_it_runs_and_stops_when_told(
    mailbox: Served, casework: Casework, delivery: Delivery, clock: Clock
) -> None:
    box, mail = mailbox
    loops = Loops()
    loops.add(*Sender(delivery, (MailWay(mail),), clock, ADDRESS).loops())
    running = asyncio.create_task(loops.run())
    casework.log("one", PUPIL, NOW)
    async with asyncio.timeout(10):
        while not box.letters:
            await asyncio.sleep(0.01)
        loops.stop()
        await running


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://user:p%40ss@mail.school.example", ("mail.school.example", 587, "user", "p@ss", "starttls")),
        ("smtps://mail.school.example", ("mail.school.example", 465, "", "", "tls")),
        ("smtp+plain://127.0.0.1:2525", ("127.0.0.1", 2525, "", "", "none")),
    ],
)
def test_the_mail_server_is_read_from_one_address(url: str, expected: tuple[str, int, str, str, str]) -> None:
    mail = read_settings({"ASKFIRST_SMTP": url, "ASKFIRST_MAIL_FROM": "a@b.example"}).mail
    assert mail
    assert (mail.host, mail.port, mail.user, mail.password, mail.security) == expected


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ({"ASKFIRST_SMTP": "mail.school.example", "ASKFIRST_MAIL_FROM": "a@b.example"}, "ASKFIRST_SMTP"),
        ({"ASKFIRST_SMTP": "smtp://x:port", "ASKFIRST_MAIL_FROM": "a@b.example"}, "ASKFIRST_SMTP"),
        ({"ASKFIRST_SMTP": "smtp://mail.school.example"}, "ASKFIRST_MAIL_FROM"),
        ({"ASKFIRST_URL": "ask.school.example"}, "ASKFIRST_URL"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(environment: dict[str, str], names: str) -> None:
    with pytest.raises(SettingsError, match=names):
        read_settings(environment)


class SlowWay:
    """A way that takes until its lease has been renewed."""

    name = channel = "slow"

    def __init__(self, renewed: threading.Event) -> None:
        self.renewed = renewed

    def address_of(self, person: Person) -> str:
        return person.id

    async def send(self, letter: Letter, to: str) -> None:
        await asyncio.to_thread(self.renewed.wait, 3)

    async def look(self, to: str) -> None:
        """Nothing is to be known about it."""


async def test_the_leases_are_held_until_the_last_turn_has_claimed(
    casework: Casework, delivery: Delivery, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    casework.log("one", PUPIL, NOW)
    claiming, claim_now, renewed, claim = threading.Event(), threading.Event(), threading.Event(), Delivery.claim

    def slowly(own: Delivery, now: dt.datetime, limit: int = 20) -> tuple[Notice, ...]:
        claiming.set()
        claim_now.wait(10)
        return claim(own, now, limit)

    monkeypatch.setattr(Delivery, "claim", slowly)
    monkeypatch.setattr(Delivery, "renew", lambda *_: renewed.set())
    loops = {loop.name: loop for loop in Sender(delivery, (SlowWay(renewed),), clock, ADDRESS).loops()}
    pulses = {name: Pulse() for name in ("alerts", "leases")}
    running = {name: asyncio.ensure_future(loops[name].run(pulse)) for name, pulse in pulses.items()}
    assert await asyncio.to_thread(claiming.wait, 10)
    for pulse in pulses.values():
        pulse.stop()
    await asyncio.wait({running["leases"]}, timeout=0.2)  # it must not end before the last claim
    claim_now.set()
    await asyncio.gather(*running.values())
    assert renewed.is_set()
