"""One document: as it is printed, what has changed since its last edition, approved, and taken away as a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiohttp import web

from adapters.documents.policy import words as printed
from adapters.web.documents.desk import READ, ROOT, DocumentsSite
from adapters.web.documents.wording import CHANGE_WORDS, DONE, to_do
from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, file_response, in_thread, said_after, see_other
from adapters.web.inbox.guard import NotHereError
from adapters.web.inbox.sessions import SingleFields
from bot.concerns import IncompleteError
from bot.concerns.typed import day_in
from bot.knowledge import Clause, Knowledge
from bot.knowledge.approvals.rules import by_new_year
from bot.service.policy_writing.filling_in import cites_in, is_borrowed
from bot.service.policy_writing.foreseen import ClauseDifference, said_differently
from bot.service.policy_writing.model import PolicyDocument

_ONE = f"{READ}/{{document}}"
_FILE = f"{_ONE}/{{kind}}"
_IN_FORCE = f"{_ONE}/in-force/{{kind}}"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TYPES: Mapping[str, str] = {"docx": _WORD, "pdf": "application/pdf"}


class DocumentPage:
    """/inbox/documents/read/DOCUMENT, and its files"""

    def __init__(self, desk: DocumentsSite) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (
            web.get(_ONE, self._desk.guard.page(self.show)),
            web.post(_ONE, self._desk.guard.form(self.approve)),
            web.get(_FILE, self._desk.guard.page(self.file)),
            web.get(_IN_FORCE, self._desk.guard.page(self.in_force)),
        )

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """The document, whole."""
        document = await self._desk.document(request.match_info["document"])
        return self._draw(signed, document, done=said_after(request, DONE))

    async def approve(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Approve its clauses in the words that were shown; with nothing else to be done it is in force."""
        desk, who, now = self._desk, signed.person.id, self._desk.frame.now()
        document = await desk.document(request.match_info["document"])
        if set(fields) - {"read"} != {"action", "digest", "review_by"} or fields["action"] != "approve":
            raise FormError("not the fields of this page")
        problems: dict[str, str] = {}
        try:
            day = day_in("review_by", fields["review_by"])
        except IncompleteError as fault:
            day, problems = None, dict(fault.problems)
        latest = by_new_year(desk.frame.today())
        if day is not None and not desk.frame.today() < day <= latest:
            problems["review_by"] = f"Pick a day after today, and not after {latest.day} {latest:%B %Y}."
        if "read" not in fields:
            problems["read"] = "Tick that you have read it: you answer for these words."
        if problems:
            return self._draw(signed, document, 400, problems=problems, typed=fields)
        digest = fields["digest"]
        outcome = await in_thread(
            lambda: desk.core.approve(desk.school, who, document.id, digest, now, review_by=day)
        )  # fmt: skip
        return see_other(f"{READ}/{document.id}?done={outcome}")

    async def file(self, request: web.Request, _: Signed) -> web.Response:
        """The same as a file."""
        return await self._as_file(await self._desk.document(request.match_info["document"]), request)

    async def in_force(self, request: web.Request, _: Signed) -> web.Response:
        """The edition that is in force as a file, while the next one is a draft."""
        document = self._desk.core.in_force(self._desk.school, request.match_info["document"])
        if document is None:
            raise NotHereError
        return await self._as_file(document, request)

    async def _as_file(self, document: PolicyDocument, request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        if kind not in _TYPES:
            raise NotHereError
        content = await in_thread(lambda: _made(document, kind))
        state = "draft" if document.is_draft else f"edition-{document.edition.number}"
        return file_response(content, f"{document.id}-{state}.{kind}", _TYPES[kind])

    def _draw(
        self, signed: Signed, document: PolicyDocument, status: int = 200, *, done: str = "",
        problems: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None,
    ) -> web.Response:  # fmt: skip
        desk, now = self._desk, self._desk.frame.now()
        knowledge, school = desk.knowledge, desk.school
        to_read = set(desk.core.to_read(school, document, now))
        return desk.show(
            "document.html",
            signed,
            status,
            document=document,
            last=knowledge.policy.editions.get(document.id),
            kept=document.is_draft and desk.core.in_force(school, document.id) is not None,
            is_marked=printed.is_marked,
            changes=[ClauseDifference(each.kind, each.number, said_differently(each.before, each.now))
                     for each in document.changes],
            kinds=CHANGE_WORDS,
            to_do=list(to_do(knowledge, document, ROOT)),
            to_read=to_read,
            rests={name: _rests_on(knowledge, name) for name in to_read},
            borrowed={name for name in to_read if is_borrowed(knowledge, knowledge.policy.paragraphs[name])},
            digest=desk.core.digest(school, document),
            review_by=by_new_year(desk.frame.today()),
            standing_of=printed.standing_of,
            due=printed.due_line(document),
            done=done,
            problems=problems or {},
            typed=typed or {},
        )  # fmt: skip


def _rests_on(knowledge: Knowledge, paragraph: str) -> list[Clause]:
    """What somebody reads beside a clause before they approve it."""
    return [knowledge.clauses[each] for each in cites_in(knowledge, knowledge.policy.paragraphs[paragraph])]


def _made(document: PolicyDocument, kind: str) -> bytes:
    """The file. What only looks at the page needs neither library."""
    if kind == "docx":
        from adapters.documents.policy.docx import policy_docx

        return policy_docx(document)
    from adapters.documents.policy.pdf import policy_pdf

    return policy_pdf(document)
