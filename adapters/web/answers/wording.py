"""Ids of the base in plain words, and what is said after a form. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.answering.wordings import called, in_the_role
from bot.knowledge import Clause, Knowledge
from bot.knowledge.authoring import FieldDifference, Piece
from bot.knowledge.authoring.difference import LABELS
from bot.knowledge.schools.model import ASKED_ELSEWHERE, ROLES
from bot.messages import RULINGS, Ruling
from bot.service.authoring.model import AnswerLine
from bot.service.policy_writing.filling_in import with_people

_NOT_ASKED = ("author", "approver")  # roles of the workbench, whom nobody asks about an answer
OUTSIDE = "outside"  # where a look-alike belongs that no entry answers
NO_ANSWER = "None of our answers"
RULING_WORDS: Mapping[Ruling, str] = {
    "do": "Do this: an order",
    "dont": "Do not do this",
    "may": "You may",
    "may-if": "You may, on conditions",
    "ask-first": "Ask somebody first",
    "not-advised": "Not forbidden, but not advised",
    "no-need": "There is no need to",
    "depends": "It depends on one thing",
    "how": "How to do it",
    "info": "Only a piece of information",
}
# What is said once something was done. The address of the page carries the key, never a text.
DONE: Mapping[str, str] = {
    "saved": "Your changes are kept as a draft. Staff still get the old answer.",
    "sent": "It is sent. Whom we wrote to stands below. Until it is approved staff get what they got before.",
    "doubted": "Whoever decided it is written to, with your reason. Staff get the former words meanwhile.",
    "approved": "Approved. Staff get the new words within seconds. New ways of asking are learned first: that takes "
    "about half a minute, and more on a busy computer.",
    "sent-back": "It is back with its author, who sees your remark under “Your drafts”.",
    "dropped": "The draft is given up. The answer that staff get has not changed.",
    "taken-back": "It is a draft again, and nobody is asked to approve it.",
    "carried-over": "The draft now stands on the answer as it is today. What you wrote has stayed.",
    "taken-out": "This answer is out of use. Whoever asks for it is sent to a person.",
}
_ID = re.compile(r"(?:\bthe )?(?<![\w-])[a-z]+(?:-[a-z0-9]+)+(?![\w-])")
_LOOK_ALIKE = re.compile(r"^(.*) \(([a-z0-9-]+)\)$")


@dataclass(frozen=True)
class Words:
    """A base, by whose titles, clauses, people and labels its ids are said."""

    knowledge: Knowledge

    def title(self, entry: str) -> str:
        """An entry by its title; what is no id stays as it is."""
        if entry == OUTSIDE:
            return NO_ANSWER
        found = self.knowledge.find(entry)
        return found.title if found else entry

    def entry_called(self, title: str) -> str:
        """The id of the entry with this title, `outside` for none of ours; what is no title stays as it was typed."""
        wanted = " ".join(title.split()).casefold()
        if wanted in (NO_ANSWER.casefold(), OUTSIDE):
            return OUTSIDE
        entries = self.knowledge.as_written().entries.values()
        return next((each.id for each in entries if each.title.casefold() == wanted), title.strip())

    def titles(self) -> list[str]:
        """What may be picked where an entry is meant."""
        return [NO_ANSWER, *sorted(each.title for each in self.knowledge.entries.values())]

    def role(self, role: str) -> str:
        """Whom a role means, with the name of who holds it here."""
        words = called(self.knowledge, role)
        holders = self.knowledge.school.holders(role) if role in ROLES else ()
        return f"{words[:1].upper()}{words[1:]}" + (f": {holders[0].name}" if holders else "")

    def approver(self, line: AnswerLine) -> str:
        """Who approved an answer, with what they are called."""
        role = in_the_role(self.knowledge, line.approved_by, line.approved_role)
        return ", ".join(filter(None, (line.approved_by, role)))

    def plain(self, sentence: str) -> str:
        """A sentence of the core without ids and words of the files: rules and roles are named as people call them."""
        return _ID.sub(lambda found: self._in_words(found[0]), sentence.replace("phrasings", "ways of asking"))

    def _in_words(self, named: str) -> str:
        if clause := self.knowledge.clauses.get(named):
            return f"“{clause.text}”"
        role = named.removeprefix("the ")
        return called(self.knowledge, role) if role in ROLES and role != named else named

    def roles(self) -> list[tuple[str, str]]:
        """Who may be asked, to pick from."""
        asked = (each for each in (*ROLES, *ASKED_ELSEWHERE) if each not in _NOT_ASKED)
        return [("", "Whoever answers for this topic"), *((each, self.role(each)) for each in asked)]

    def people(self) -> list[tuple[str, str]]:
        """What to write where somebody of the school is meant, and what staff read there."""
        held = [role for role in ROLES if role not in _NOT_ASKED and self.knowledge.school.holders(role)]
        return [(f"{{{role}}}", self.knowledge.school.holders(role)[0].name) for role in held]

    def rulings(self) -> list[tuple[str, str]]:
        """What an answer may say about the act, to pick from."""
        return [(each, RULING_WORDS[each]) for each in RULINGS]

    def case(self, entry: str, value: str) -> str:
        """One value of what an answer turns on, as it stands on its button."""
        found = self.knowledge.as_written().entries.get(self.knowledge.current(entry))
        kind = self.knowledge.lexicon.facts.get(found.facts.fact) if found and found.facts else None
        return kind.labels.get(value, value) if kind else value

    def clause(self, clause: str) -> str:
        """A rule of a document in words, with the document."""
        found = self.knowledge.clauses.get(clause)
        return f"{found.text} ({found.document.title})" if found else clause

    def field(self, entry: str, field: str) -> str:
        """A field by the name that it has in the form."""
        parts = field.split(" > ")
        if field == "cases":
            return "What it says in each case"
        if len(parts) == 3:
            return f"{LABELS.get(parts[2], parts[2])}, if: {self.case(entry, parts[1])}"
        return LABELS.get(field, field)

    def named(self, text: str) -> str:
        """A text as it is read, with whoever holds a role in the place of its mark."""
        return with_people(self.knowledge, text)

    def read_difference(self, entry: str, found: Iterable[FieldDifference]) -> tuple[FieldDifference, ...]:
        """What differs, as whoever reads it and does not write it is shown it: with names for marks."""
        return tuple(
            replace(each, pieces=tuple(replace(piece, text=self.named(piece.text)) for piece in each.pieces))
            for each in self.difference(entry, found)
        )

    def difference(self, entry: str, found: Iterable[FieldDifference]) -> tuple[FieldDifference, ...]:
        """What differs, without any id."""
        return tuple(
            replace(each, label=self.field(entry, each.field), pieces=tuple(self._pieces(each))) for each in found
        )

    def _pieces(self, found: FieldDifference) -> Iterator[Piece]:
        name = found.field.rpartition(" > ")[2]
        for piece in found.pieces:
            yield replace(piece, text=self._said(name, piece.text))

    def _said(self, field: str, text: str) -> str:
        if field == "ruling":
            return RULING_WORDS.get(text.strip(), text)  # type: ignore[call-overload, no-any-return]
        if field == "ask":
            return f"{self.role(text.strip())} "
        if field == "cites":
            return "".join(f"{self.clause(line)}\n" for line in text.splitlines())
        if field == "not_this":
            return "".join(f"{self._look_alike(line)}\n" for line in text.splitlines())
        return text

    def _look_alike(self, line: str) -> str:
        found = _LOOK_ALIKE.match(line)
        return f"{found[1]} (belongs to: {self.title(found[2])})" if found else line


def clauses_with(knowledge: Knowledge, words: str, most: int = 8) -> list[Clause]:
    """The rules in which most of these words stand, the best first; none for no words."""
    wanted = {word for word in re.findall(r"[\w']+", words.casefold()) if len(word) > 2}
    scored = ((sum(word in _text_of(each) for word in wanted), each) for each in knowledge.clauses.values())
    found = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].document.title))
    return [each for _, each in found[:most]]


def _text_of(clause: Clause) -> str:
    return f"{clause.text} {clause.document.title}".casefold()
