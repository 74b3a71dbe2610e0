"""One question: its form, what its answer would change word by word, and the answer kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiohttp import web

from adapters.web.answers.wording import Words
from adapters.web.documents.answer_form import filled, given_in, in_a_sentence, rows_shown
from adapters.web.documents.desk import QUESTIONS, DocumentsSite
from adapters.web.documents.wording import (
    CHANGE_WORDS,
    DONE,
    in_words,
    pieces_with_names,
    roles_to_pick,
    with_names,
)
from adapters.web.forms import FormError
from adapters.web.inbox.frame import Signed, in_thread, said_after, see_other
from adapters.web.inbox.sessions import SingleFields
from bot.knowledge import KnowledgeError
from bot.knowledge.school_policy.answering import WrongAnswerError
from bot.knowledge.school_policy.model import Given, PolicyQuestion
from bot.service.policy_writing.answering import AnsweredMeanwhileError, state_of
from bot.service.policy_writing.desk import NotYoursError
from bot.service.policy_writing.files import PolicyError, WritingNowError

_ONE = f"{QUESTIONS}/{{question}}"
_ACTIONS = ("look", "save", "back")
_BUSY = "Somebody else is saving an answer at this very moment. Yours still stands below: press the button once more."


class QuestionPage:
    """/inbox/documents/questions/QUESTION"""

    def __init__(self, desk: DocumentsSite) -> None:
        self._desk = desk

    def routes(self) -> Iterable[web.RouteDef]:
        """Where it is found."""
        return (web.get(_ONE, self._desk.guard.page(self.show)), web.post(_ONE, self._desk.guard.form(self.act)))

    async def show(self, request: web.Request, signed: Signed) -> web.Response:
        """The question, with the answer that counts now."""
        question = self._desk.question(request.match_info["question"])
        given = self._desk.knowledge.policy.given(question.id)
        return await self._draw(signed, question, filled(question, given), done=said_after(request, DONE))

    async def act(self, request: web.Request, signed: Signed, fields: SingleFields) -> web.Response:
        """Look what an answer changes, keep it, or go back to the form."""
        desk, question = self._desk, self._desk.question(request.match_info["question"])
        action, was = fields.get("action", ""), fields.get("was", "")
        typed = {name: text for name, text in fields.items() if name not in ("action", "was")}
        if action not in _ACTIONS or "was" not in fields:
            raise FormError("not the fields of this page")
        if not desk.core.may_answer(desk.school, signed.person.id):
            raise NotYoursError("The questionnaire is answered by those who may approve answers to staff")
        try:
            given = given_in(question, typed)
        except WrongAnswerError as wrong:
            return await self._draw(signed, question, typed, 400, was=was, problem=in_a_sentence(wrong))
        if action == "back":
            return await self._draw(signed, question, typed, was=was)
        if was != state_of(desk.knowledge.policy, question.id):
            return await self._draw(signed, question, typed, 409, meanwhile=True)
        try:
            return await (self._look if action == "look" else self._save)(signed, question, given, was)
        except AnsweredMeanwhileError:
            return await self._draw(signed, question, typed, 409, meanwhile=True)
        except WritingNowError:
            return await self._draw(signed, question, typed, 409, was=was, stuck=_BUSY)
        except PolicyError as fault:
            return await self._draw(signed, question, typed, 409, was=was, stuck=fault.reason)
        except KnowledgeError as fault:
            return await self._draw(signed, question, typed, 409, was=was, stuck=self._broken(fault))

    async def _look(self, signed: Signed, question: PolicyQuestion, given: Given, was: str) -> web.Response:
        """What it changes; an answer that changes no word is kept at once."""
        desk, now = self._desk, self._desk.frame.now()
        policy = desk.knowledge.policy
        if policy.answers.get(question.id) == given:
            return see_other(f"{QUESTIONS}/{question.id}?done=same")
        if policy.given(question.id) == given:
            return await self._save(signed, question, given, was)
        found = await in_thread(lambda: desk.core.foresee(desk.school, question.id, given, now))
        words = Words(found.after)
        return desk.show(
            "foreseen.html",
            signed,
            question=question,
            was=was,
            typed=filled(question, given),
            before=in_words(desk.knowledge, question, policy.given(question.id)),
            now=in_words(found.after, question, given),
            found=found,
            entries=[(each, list(with_names(found.after, words.difference(each.entry, each.fields))))
                     for each in found.entries],
            tips=[pieces_with_names(found.after, each) for each in found.tips],
            kinds=CHANGE_WORDS,
            words=words,
        )  # fmt: skip

    async def _save(self, signed: Signed, question: PolicyQuestion, given: Given, was: str) -> web.Response:
        desk, who, now = self._desk, signed.person.id, self._desk.frame.now()
        new = question.id not in desk.knowledge.policy.answers
        await in_thread(lambda: desk.core.answer(desk.school, who, question.id, given, was, now))
        policy = desk.knowledge.policy
        if following := next((each for each in policy.questions if each not in policy.answers), ""):
            return see_other(f"{QUESTIONS}/{following}?done=saved")
        return see_other(f"{QUESTIONS}?done={'all' if new else 'saved'}")

    def _broken(self, error: KnowledgeError) -> str:
        """The first rule of the answers to staff that would be broken with this answer."""
        fault, words = error.faults[0], self._desk.words()
        entry = fault.entry.partition(" > ")[0]
        where = f"{words.field(entry, fault.field)}: " if fault.field else ""
        return f"“{words.title(entry)}” would break a rule ({where}{fault.problem}). {fault.remedy}."

    async def _draw(
        self, signed: Signed, question: PolicyQuestion, typed: Mapping[str, str], status: int = 200, *, was: str = "",
        problem: str = "", stuck: str = "", meanwhile: bool = False, done: str = "",
    ) -> web.Response:  # fmt: skip
        desk, now = self._desk, self._desk.frame.now()
        knowledge = desk.knowledge
        policy = knowledge.policy
        names = list(policy.questions)
        return desk.show(
            "question.html",
            signed,
            status,
            question=question,
            place=names.index(question.id) + 1,
            count=len(names),
            typed=typed,
            rows=rows_shown(typed),
            roles=roles_to_pick(knowledge, typed.get("value", "")),
            was=was or state_of(policy, question.id),
            said=in_words(knowledge, question, policy.given(question.id)),
            answered=question.id in policy.answers,
            hanging=(await in_thread(lambda: desk.core.hanging(desk.school, now)))[question.id],
            problem=problem,
            stuck=stuck,
            meanwhile=meanwhile,
            done=done,
            words=desk.words(),
        )
