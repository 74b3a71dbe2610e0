"""A document is put in: read in a process of its own, shown, and kept once somebody has looked at it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from aiohttp import web

from adapters.documents.reading.bounded import read_bytes
from adapters.documents.reading.limits import MEGABYTE, UnreadableContentError
from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, in_thread, see_other
from adapters.web.policies.carried import CarriedPolicy, carried_back, carry
from adapters.web.policies.desk import ROOT, PoliciesDesk
from adapters.web.policies.wording import as_sentence
from adapters.web.uploads import UploadedForm
from bot.errors import AskFirstError
from bot.service.policy_reading.adding import SHORTEST_REASON, ReadPolicy, understood
from bot.service.policy_reading.files import NotKeptError

_PATH = f"{ROOT}/put-in"
MOST = 20 * MEGABYTE  # of a file on the page
# Of a document, and words of one clause: to compare two takes time with the square of both.
_MOST_CLAUSES, _MOST_WORDS = 2000, 4000
_PATIENCE = 45.0  # seconds that one waits for whoever reads before them
_PAGES = re.compile(r"\d{1,4}(?:[\s,]+\d{1,4}){0,49}")
_READ, _TAKE_IN = {"action", "of", "leave_out"}, {"action", "carried", "title", "edition", "date"}
_LONGEST = {"title": 200, "edition": 60, "date": 60, "because": 1000}  # characters
_BUSY = "Another document is being read at this moment. Nothing is lost: try again in a minute"


class PutInPage:
    """/inbox/policies/put-in"""

    def __init__(self, desk: PoliciesDesk) -> None:
        self._desk = desk
        self._one = asyncio.Semaphore(1)  # a document may take a gigabyte and a processor while it is read

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (
            web.get(_PATH, self._desk.guard.page(self.show)),
            web.post(_PATH, self._desk.guard.upload(self.act, MOST)),
        )

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """The form; `of` in the address says whose next edition is put in."""
        return await self._draw(signed, {"of": request.query.get("of", "")})

    async def act(self, _: web.Request, signed: Signed, posted: UploadedForm | None) -> web.Response:
        """Read a file, or take in what was read."""
        if posted is None:
            return await self._refuse(signed, {}, f"The file is larger than {MOST // MEGABYTE} MB", _SMALLER)
        fields = posted.fields
        if fields.get("action") == "read" and set(fields) == _READ:
            return await self._read(signed, posted)
        if fields.get("action") == "take-in" and set(fields) - {"because"} == _TAKE_IN:
            return await self._take_in(signed, fields)
        raise FormError("not the fields of this page")

    async def _read(self, signed: Signed, posted: UploadedForm) -> web.Response:
        fields, pages = posted.fields, posted.fields["leave_out"].strip()
        if not posted.name or not posted.content:
            what = "The file is empty" if posted.name else "No file was picked"
            return await self._refuse(signed, fields, what, "Pick the document, and press “Read it”")
        if pages and not _PAGES.fullmatch(pages):
            return await self._refuse(signed, fields, "These are no pages", "Write them as 1, 14", "leave_out")
        try:
            policy = await self._understood(posted, [int(each) for each in re.findall(r"\d+", pages)])
        except UnreadableContentError as fault:
            remedy, pictures = _on_page(fault.remedy)
            problem, field = as_sentence(f"{posted.name}: {fault.problem}"), "leave_out" if pictures else "file"
            return await self._refuse(signed, fields, problem, remedy, field)
        except NotKeptError as fault:
            return await self._refuse(signed, fields, as_sentence(str(fault)), "")
        return await self._look(signed, policy, fields["of"])

    async def _understood(self, posted: UploadedForm, leave_out: list[int]) -> ReadPolicy:
        try:
            await asyncio.wait_for(self._one.acquire(), _PATIENCE)
        except TimeoutError:
            raise AskFirstError(_BUSY) from None
        try:
            return await in_thread(lambda: _read_policy(self._desk, posted, leave_out))
        finally:
            self._one.release()

    async def _look(
        self, signed: Signed, policy: ReadPolicy, of: str, *, carried: str = "", status: int = 200,
        problems: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None,
    ) -> web.Response:  # fmt: skip
        """What was read, before anything is kept."""
        desk, who = self._desk, signed.person.id
        looked = await in_thread(lambda: desk.core.look(desk.school, who, policy, of))
        key, session = desk.frame.site.key, signed.session
        return desk.show(
            "look.html",
            signed,
            status,
            looked=looked,
            carried=carried or carry(key, session, CarriedPolicy(policy, of, looked.seen)),
            problems=problems or {},
            typed=typed
            or {
                "title": looked.of.title if looked.of else policy.title,
                "edition": policy.edition,
                "date": policy.date,
            },
            at="put-in",
        )

    async def _take_in(self, signed: Signed, fields: Mapping[str, str]) -> web.Response:
        desk, who, now = self._desk, signed.person.id, self._desk.frame.now()
        carried = carried_back(desk.frame.site.key, signed.session, fields["carried"])
        typed = {name: " ".join(fields.get(name, "").split())[:most] for name, most in _LONGEST.items()}
        problems = _problems(carried.policy, typed)
        if problems:
            return await self._look(
                signed,
                carried.policy,
                carried.of,
                carried=fields["carried"],
                status=400,
                problems=problems,
                typed=typed,
            )
        policy = replace(carried.policy, title=typed["title"], edition=typed["edition"], date=typed["date"])
        made = await in_thread(
            lambda: desk.core.take_in(desk.school, who, policy, carried.of, carried.seen, typed["because"], now)
        )
        after = "/changes?done=edition" if carried.of else "?done=taken-in"
        return see_other(f"{ROOT}/own/{made.id}{after}")

    async def _refuse(
        self, signed: Signed, fields: Mapping[str, str], problem: str, remedy: str, field: str = "file"
    ) -> web.Response:
        return await self._draw(signed, fields, 400, problem=problem, remedy=remedy, wrong=field)

    async def _draw(
        self, signed: Signed, typed: Mapping[str, str], status: int = 200, *, problem: str = "", remedy: str = "",
        wrong: str = "",
    ) -> web.Response:  # fmt: skip
        desk, who = self._desk, signed.person.id
        lines = await in_thread(lambda: desk.core.documents(desk.school, who))
        return desk.show(
            "put_in.html", signed, status, lines=lines, of=typed.get("of", ""), leave_out=typed.get("leave_out", ""),
            problem=problem, remedy=remedy, wrong=wrong, most=MOST // MEGABYTE, at="put-in",
        )  # fmt: skip


_IN_PARTS = "Cut it into parts, and give them one by one"
_OPTION = "--without-pages "  # the terminal's word for the box of pages
_SMALLER = "Save it with smaller pictures, or cut it into parts. Nothing was taken in"


def _on_page(remedy: str) -> tuple[str, bool]:
    """What to do, as it is done here; whether pages are named that are only pictures."""
    said, option, pages = remedy.partition(_OPTION)
    if not option:
        return remedy, False
    return f"{said}write {pages.replace(',', ', ')} in the box for such pages, and pick the file again", True


def _read_policy(desk: PoliciesDesk, posted: UploadedForm, leave_out: list[int]) -> ReadPolicy:
    document = read_bytes(posted.name, posted.content, leave_out)
    policy = understood(document, posted.content, posted.name, desk.frame.school)
    clauses = policy.imported.clauses
    if len(clauses) > _MOST_CLAUSES:
        raise UnreadableContentError("it holds far more clauses than a policy", _IN_PARTS)
    if any(len(each.text.split()) > _MOST_WORDS for each in clauses):
        raise UnreadableContentError("a paragraph of it is longer than any rule", "See that it is the right file")
    return policy


def _problems(policy: ReadPolicy, typed: Mapping[str, str]) -> dict[str, str]:
    found = {}
    if not typed["title"]:
        found["title"] = "Write what the document is called."
    if policy.private and len(typed["because"]) < SHORTEST_REASON:
        found["because"] = "Say in a sentence why it may be used though it names people."
    return found
