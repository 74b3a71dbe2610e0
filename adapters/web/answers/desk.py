"""What the pages of the workbench share: the calls of the core, who may be here, and how a refusal is shown."""

from __future__ import annotations

from aiohttp import web

from adapters.web.answers.guarding import workbench_guard
from adapters.web.answers.wording import DONE, Words
from adapters.web.inbox.frame import InboxSite, Signed
from adapters.web.inbox.guard import Refusal
from adapters.web.inbox.sessions import Sessions, SingleFields
from bot.errors import AskFirstError
from bot.messages import Reply
from bot.service.authoring.model import AuthoringError, NotOutYetError, NotThereError
from bot.service.authoring.workbench import Workbench

ROOT = "/inbox/answers"
DOCUMENTS = "/inbox/documents"  # where the school decides what its own policy says
OF_A_DRAFT = "Here stands who approved it, once somebody has. These words are a draft."


class AnswersDesk:
    """One school's workbench, for whoever is signed in in the inbox."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self.frame = frame
        self.guard = workbench_guard(frame, sessions, self.show, _refusal, DONE)

    @property
    def workbench(self) -> Workbench:
        return self.frame.core.workbench

    @property
    def school(self) -> str:
        """The id by which the core knows it."""
        return self.frame.school.id

    def words(self) -> Words:
        """Ids of the base in words, as of now."""
        return Words(self.frame.knowledge)

    def seen(self, reply: Reply) -> str:
        """A reply as staff see it on the page, with nothing in it to press."""
        return self.frame.site.pages.seen(reply)

    def drafted(self, reply: Reply) -> str:
        """The same of a draft. What staff get now may well be approved: so it is not said that nobody has."""
        return self.frame.site.pages.seen(reply, OF_A_DRAFT)

    def show(self, template: str, signed: Signed, status: int = 200, **values: object) -> web.Response:
        """A page of the workbench."""
        return self.frame.show(f"answers/{template}", signed, status, **values, root=ROOT)


def _refusal(fault: AskFirstError, _: SingleFields) -> Refusal | None:
    """What the workbench refuses with, as a page says it."""
    if isinstance(fault, NotThereError):
        return Refusal(str(fault), 404, "That is not here")
    if isinstance(fault, NotOutYetError):
        return Refusal(str(fault), heading="Approved, and not out yet")
    return Refusal(str(fault)) if isinstance(fault, AuthoringError) else None
