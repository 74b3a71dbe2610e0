"""What the pages of the documents share: the calls of the core, who may be here, and how a refusal is shown."""

from __future__ import annotations

from aiohttp import web

from adapters.web.answers.wording import Words
from adapters.web.inbox.frame import InboxSite, Signed, in_thread
from adapters.web.inbox.guard import Guard, NotHereError, Refusal
from adapters.web.inbox.sessions import Sessions, SingleFields
from bot.errors import AskFirstError
from bot.knowledge import Knowledge, KnowledgeError
from bot.knowledge.school_policy.model import PolicyQuestion
from bot.service.policy_writing.desk import DocumentDesk
from bot.service.policy_writing.files import PolicyError
from bot.service.policy_writing.model import PolicyDocument

ROOT = "/inbox/documents"
QUESTIONS = f"{ROOT}/questions"
READ = f"{ROOT}/read"
_FAULTY = (
    "The files of the answers have a fault, or would have one with this answer. Nothing was written. Ask whoever looks "
    "after AskFirst: askfirst check names each fault"
)


class DocumentsSite:
    """One school's documents, for whoever is signed in in the inbox."""

    def __init__(self, frame: InboxSite, sessions: Sessions) -> None:
        self.frame = frame
        self.guard = Guard(
            frame, sessions, self.show, _refusal, sees=lambda signed: self.core.sees(self.school, signed.person.id)
        )

    @property
    def core(self) -> DocumentDesk:
        return self.frame.core.documents

    @property
    def school(self) -> str:
        """The id by which the core knows it."""
        return self.frame.school.id

    @property
    def knowledge(self) -> Knowledge:
        """The base that the documents are made of."""
        return self.core.knowledge(self.school)

    def words(self) -> Words:
        """Ids of the base in words."""
        return Words(self.knowledge)

    def question(self, name: str) -> PolicyQuestion:
        """A question of the questionnaire. Raises NotHereError."""
        found = self.knowledge.policy.questions.get(name)
        if found is None:
            raise NotHereError
        return found

    async def documents(self) -> tuple[PolicyDocument, ...]:
        """Every document as it is today."""
        now = self.frame.now()
        return await in_thread(lambda: self.core.documents(self.school, now))

    async def document(self, name: str) -> PolicyDocument:
        """One of them. Raises NotHereError."""
        found = next((each for each in await self.documents() if each.id == name), None)
        if found is None:
            raise NotHereError
        return found

    def show(self, template: str, signed: Signed, status: int = 200, **values: object) -> web.Response:
        """A page of the documents."""
        who = signed.person.id
        may = {
            "may_answer": self.core.may_answer(self.school, who),
            "may_approve": self.core.role_for(self.school, who) is not None,
        }
        return self.frame.show(f"documents/{template}", signed, status, **may, **values, root=ROOT)


def _refusal(fault: AskFirstError, _: SingleFields) -> Refusal | None:
    """What cannot be written, as a page says it."""
    if isinstance(fault, PolicyError):
        return Refusal(fault.reason)
    return Refusal(_FAULTY) if isinstance(fault, KnowledgeError) else None
