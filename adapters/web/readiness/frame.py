"""What the pages of the review share: the calls of the core, who may be here, and how a refusal is shown."""

from __future__ import annotations

from aiohttp import web

from adapters.web.inbox.frame import InboxSite, Signed, in_thread
from adapters.web.inbox.guard import Guard, Refusal
from adapters.web.inbox.sessions import Sessions, SingleFields
from bot.errors import AskFirstError
from bot.readiness import RATINGS
from bot.service.readiness.desk import ReadinessDesk
from bot.service.readiness.model import ReadinessError, ReadinessView

ROOT = "/inbox/readiness"
# What is said once something was done. The address of the page carries the key, never a text.
DONE = {
    "begun": "The review is begun. Answer it part by part, in any order; what you save is kept.",
    "saved": "Saved.",
    "closed": "The review is closed, and kept as it was. Its plan goes on: whoever is named in it is reminded.",
    "done": "That is off the plan. It stays in the review as done.",
}
_A_CHOICE = 10  # characters of what was picked and not written: "not-yet", a day


class ReadinessFrame:
    """One school's review: `answering` lets in whoever answers it, `taking_out` whoever may have the PDF as well."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self.inbox = frame
        self.answering = Guard(frame, sessions, self.show, _refusal, sees=lambda signed: signed.answers_readiness)
        self.taking_out = Guard(frame, sessions, self.show, _refusal, sees=lambda signed: signed.sees_readiness)

    @property
    def desk(self) -> ReadinessDesk:
        return self.inbox.core.readiness

    @property
    def school(self) -> str:
        """The id by which the core knows it."""
        return self.inbox.school.id

    async def view(self, signed: Signed) -> ReadinessView:
        """How it stands, for this reader."""
        return await in_thread(lambda: self.desk.view(self.school, signed.person.id, self.inbox.now()))

    def show(self, template: str, signed: Signed, status: int = 200, **values: object) -> web.Response:
        """A page of the review."""
        return self.inbox.show(
            f"readiness/{template}", signed, status, **values, root=ROOT, ratings=RATINGS, today=self.inbox.today()
        )


def _refusal(fault: AskFirstError, fields: SingleFields) -> Refusal | None:
    """What the review refuses, as a page says it with what was typed."""
    if not isinstance(fault, ReadinessError):
        return None
    written = (text for name, text in fields.items() if "-" in name and len(text) > _A_CHOICE)
    return Refusal(str(fault), written=tuple(written))
