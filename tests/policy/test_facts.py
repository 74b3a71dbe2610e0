"""What the school answers is one fact: the badge, the answer, what is asked back, the tip and the paragraph say the
same, and another answer waits for approval everywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.dialogue import Base
from bot.knowledge import Knowledge, KnowledgeError, load, read_files
from bot.knowledge.school_policy.answering import as_value
from bot.knowledge.school_policy.model import ANSWERS, Given, PolicyQuestion
from bot.messages import Reply
from bot.service.policy_writing.files import dumped
from bot.understanding.fitting import learned_key
from tests.approvals.giving import asked
from tests.conftest import KNOWLEDGE
from tests.policy.conftest import PolicySchool, clause

EX_PUPIL = "can i friend an ex-pupil"
TWENTY = "can i friend an ex-pupil, she is 20"


def ask(base: Base, school: PolicySchool, text: str = EX_PUPIL) -> Reply:
    return asked(base.understanding, school.load(), text)


def badge(reply: Reply) -> str:
    assert reply.answer is not None
    return reply.answer.badge


def test_another_age_changes_badge_answer_question_and_paragraph_together(fernbank: PolicySchool, base: Base) -> None:
    fernbank.answer("ex-pupil-age", "21")
    fernbank.approve_all()
    reply = ask(base, fernbank)
    assert reply.answer is not None and reply.question is not None
    assert badge(reply) == "Under 21: don't. From 21: not advised"
    assert (reply.answer.note or "").startswith("The line of 21 is this school's own.")
    assert "an ex-pupil under 21" in reply.answer.answer and "19" not in reply.answer.answer
    assert [each.label for each in reply.question.options] == ["Under 21", "21 or over"]
    for name in ("staff-policy", "acceptable-use-agreement"):
        document = fernbank.compose()[name]
        assert "an ex-pupil under 21" in clause(document, "ex-pupils") and not document.is_draft


def test_who_is_of_an_age_between_is_told_by_the_new_line(fernbank: PolicySchool, base: Base) -> None:
    assert badge(ask(base, fernbank, TWENTY)) == "Not advised, even from 19 on"
    fernbank.answer("ex-pupil-age", "21")
    fernbank.approve_all()
    assert badge(ask(base, fernbank, TWENTY)) == "Don't connect with ex-pupils under 21; remove them"
    older = ask(base, fernbank, "can i friend an ex-pupil, she is 24").answer
    assert older is not None and "do not connect at all, at any age" in older.answer and "even at" not in older.answer


def test_until_it_is_approved_the_former_words_are_served_with_their_own_line(
    fernbank: PolicySchool, base: Base
) -> None:
    follows = fernbank.answer("ex-pupil-age", "21")
    assert "friend-ex-pupil" in follows.entries and follows.paragraphs == ("ex-pupils", "meeting-ex-pupils")
    assert badge(ask(base, fernbank)) == "Under 19: don't. From 19: not advised"
    assert badge(ask(base, fernbank, TWENTY)) == "Not advised, even from 19 on"
    draft = fernbank.compose()["staff-policy"]
    assert draft.is_draft and any("friend-ex-pupil" in each for each in draft.to_do)


def test_a_document_is_no_more_in_force_than_the_answer_to_staff(fernbank: PolicySchool) -> None:
    fernbank.answer("ex-pupil-age", "21")
    fernbank.approve_all()
    assert not fernbank.compose()["staff-policy"].is_draft
    fernbank.answer("ex-pupil-age", "20")  # whoever approves only the clauses has not changed the bot
    assert fernbank.compose()["staff-policy"].is_draft


def test_words_that_were_approved_for_another_line_are_still_served_after_it_is_moved_back(
    fernbank: PolicySchool, base: Base
) -> None:
    fernbank.answer("ex-pupil-age", "21")
    fernbank.approve_all()
    fernbank.answer("ex-pupil-age", "19")
    assert badge(ask(base, fernbank, TWENTY)) == "Don't connect with ex-pupils under 21; remove them"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("25", "can i friend an ex-pupil who is doing his a levels"),  # who is below the old line is below a later one
        ("18", "can i friend an ex-pupil who has graduated"),  # and who is above it, above an earlier one
    ],
)
def test_what_a_message_gives_away_counts_where_it_still_settles_the_age(
    fernbank: PolicySchool, base: Base, line: str, said: str
) -> None:
    fernbank.answer("ex-pupil-age", line)
    fernbank.approve_all()
    assert ask(base, fernbank, said).question is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("25", "can i friend an ex-pupil who has graduated"),
        ("18", "can i friend an ex-pupil who is still in sixth form"),
    ],
)
def test_what_settles_the_age_no_more_is_asked(fernbank: PolicySchool, base: Base, line: str, said: str) -> None:
    assert ask(base, fernbank, said).question is None
    fernbank.answer("ex-pupil-age", line)
    fernbank.approve_all()
    assert ask(base, fernbank, said).question is not None


def test_a_role_becomes_whoever_holds_it_in_the_answer_whom_to_ask_and_the_paragraph(
    fernbank: PolicySchool, base: Base
) -> None:
    fernbank.answer("account-sign-off", "head")
    fernbank.approve_all()
    entry = fernbank.load().entries["start-account-alone"]
    assert entry.ask == "head" and entry.answer.startswith("Ask {head} before you start an account")
    reply = ask(base, fernbank, "can i start an instagram for my class")
    assert reply.answer is not None and "Mrs Ruth Calder" in reply.answer.answer
    assert "Mrs Ruth Calder (Headteacher)" in clause(fernbank.compose()["staff-policy"], "account-sign-off")


def test_an_entry_may_have_other_words_for_another_answer(knowledge: Knowledge) -> None:
    told = _with(knowledge, {"parents-filming": Given("not-at-all"), "own-phones": Given("put-away")})
    assert told.waiting["parents-filming"].badge == "Ask parents not to film at our events"
    assert told.waiting["parents-filming"].ruling == "dont"
    assert told.waiting["own-phone-class"].answer.startswith("Lock or store your own phone away")
    assert told.entries["own-phone-class"].answer == knowledge.entries["own-phone-class"].answer


def test_whatever_is_answered_the_entries_keep_their_rules(knowledge: Knowledge) -> None:
    questions = [each for each in knowledge.policy.questions.values() if each.entries]
    for turn in range(3):
        told = _with(knowledge, {each.id: _another(each, turn) for each in questions})
        assert {*told.policy.followed} == {*knowledge.policy.followed}


def test_every_answer_that_is_to_turn_on_a_question_does(knowledge: Knowledge) -> None:
    policy = knowledge.policy
    missing = [
        (question.id, entry)
        for question in policy.questions.values()
        for entry in question.entries
        if question.id not in policy.followed.get(entry, ())
    ]
    assert missing == []


def test_as_the_demo_school_answered_nothing_waits_and_nothing_is_learned_anew(
    fernbank: PolicySchool, knowledge: Knowledge
) -> None:
    assert not knowledge.waiting
    before = learned_key(fernbank.load(), None)
    fernbank.answer("ex-pupil-age", "21")
    assert learned_key(fernbank.load(), None) == before


def test_a_tip_says_the_same(knowledge: Knowledge) -> None:
    told = _with(knowledge, {"ex-pupil-age": Given("21")})
    assert "they are under 21," in next(each.text for each in told.tips if each.id == "tip-meet-ex-pupil")


def test_a_base_without_a_policy_is_read_as_before(fernbank: PolicySchool) -> None:
    for entry in sorted((fernbank.path / "entries").glob("*.yaml")):
        text = entry.read_text(encoding="utf-8")
        for name, words in (("ex-pupil-age", "19"), ("account-sign-off", "head")):
            text = text.replace(f'"{{{name}}}"', words).replace(f"{{{name}}}", words if words == "19" else "{head}")
        entry.write_text(text, encoding="utf-8")
    for file in (fernbank.path / "policy").iterdir():
        file.unlink()
    assert fernbank.load().policy.questions == {}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("under {ex-pupil-age}, wherever", "under {ex-pupil-years}, wherever", "'{ex-pupil-years}' stands for nobody"),
        ("    facts:\n      fact: leaver-age\n", "    policy: {question: nowhere, cases: []}\n    facts:\n      fact: "
         "leaver-age\n", "'nowhere' is no question"),
        ("    facts:\n      fact: leaver-age\n", "    policy: {question: own-phones, cases: [{when: eaten, badge: B, "
         "answer: A}]}\n    facts:\n      fact: leaver-age\n", "'eaten' is no option of 'own-phones'"),
    ],
)  # fmt: skip
def test_an_entry_that_turns_on_nothing_there_is_a_fault(
    fernbank: PolicySchool, before: str, after: str, said: str
) -> None:
    fernbank.edit("entries/contact-families.yaml", before, after)
    with pytest.raises(KnowledgeError, match=said.replace("{", r"\{")):
        fernbank.load()


def _with(knowledge: Knowledge, answers: dict[str, Given]) -> Knowledge:
    """The real base with these answers, and the others as they are."""
    policy, files = knowledge.policy, read_files(KNOWLEDGE)
    given = {**policy.answers, **answers}
    text = dumped({"answers": {name: as_value(policy.questions[name], each) for name, each in given.items()}})
    return load(replace(files, contents={**files.contents, ANSWERS: text.encode()}))


def _another(question: PolicyQuestion, turn: int) -> Given:
    if question.kind == "number":
        return Given(str((question.low, question.high, question.high)[turn]))
    if question.kind == "role":
        return Given(("head", "dsl", "office")[turn])
    options = list(question.options)
    return Given(options[turn % len(options)])
