"""Two lists: the documents with how they stand, and the questionnaire in groups with what hangs on each answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiohttp import web

from adapters.web.documents.desk import QUESTIONS, ROOT, DocumentsSite
from adapters.web.documents.wording import DONE, in_words, to_do
from adapters.web.inbox.frame import Signed, in_thread, said_after
from bot.knowledge.school_policy.model import PolicyQuestion
from bot.service.policy_writing.foreseen import Hanging


@dataclass(frozen=True)
class QuestionLine:
    """One question of the list: its answer in words, whether somebody gave it, and what hangs on it."""

    question: PolicyQuestion
    said: str
    answered: bool
    hanging: Hanging


class DocumentListPage:
    """/inbox/documents"""

    def __init__(self, desk: DocumentsSite) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(ROOT, self._desk.guard.page(self.show)),)

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """The documents, and how far the questionnaire is."""
        desk = self._desk
        policy = desk.knowledge.policy
        documents = await desk.documents() if policy.questions else ()
        return desk.show(
            "list.html",
            signed,
            documents=[(each, len(list(to_do(desk.knowledge, each, ROOT)))) for each in documents],
            editions=policy.editions,
            questions=len(policy.questions),
            answered=len(policy.answers),
            first=next((each for each in policy.questions if each not in policy.answers), ""),
            done=said_after(request, DONE),
        )


class QuestionListPage:
    """/inbox/documents/questions"""

    def __init__(self, desk: DocumentsSite) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(QUESTIONS, self._desk.guard.page(self.show)),)

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """Every question, by topic."""
        desk = self._desk
        lines = await in_thread(self._lines)
        return desk.show(
            "questions.html",
            signed,
            groups=_by_topic(lines),
            answered=sum(each.answered for each in lines),
            count=len(lines),
            first=next((each.question.id for each in lines if not each.answered), ""),
            words=desk.words(),
            done=said_after(request, DONE),
        )

    def _lines(self) -> list[QuestionLine]:
        desk, now = self._desk, self._desk.frame.now()
        knowledge = desk.knowledge
        policy, hanging = knowledge.policy, desk.core.hanging(desk.school, now)
        return [
            QuestionLine(
                each, in_words(knowledge, each, policy.given(name)), name in policy.answers,
                hanging[name],
            )
            for name, each in policy.questions.items()
        ]  # fmt: skip


def _by_topic(lines: Sequence[QuestionLine]) -> list[tuple[str, list[QuestionLine]]]:
    groups: dict[str, list[QuestionLine]] = {}
    for line in lines:
        groups.setdefault(line.question.topic, []).append(line)
    return list(groups.items())
