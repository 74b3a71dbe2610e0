"""What the school answered -> the files of the base with these words in them. Pure.

An entry or a tip may hold the name of a question in braces, and an entry may have other words for other answers
(`policy`). They are filled before anything else reads them: what is approved, served and printed is the same text, and
another answer makes other words, which wait for approval.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.knowledge.files.plain_yaml import Marked
from bot.knowledge.language_model import FactKind
from bot.knowledge.school_policy.model import QUESTIONS, PolicyQuestion, SchoolPolicy

POLICY = "policy"  # the field of an entry with other words for other answers
_PLACE = re.compile(r"\{([^{}]*)\}")
# What is learned from and what names something is never filled.
_FIXED = frozenset(("id", "title", "related", "was", "nations", "phrasings", "opposites", "not_this", POLICY))
_AT = "@"


def filled(item: Any, policy: SchoolPolicy, facts: Mapping[str, FactKind]) -> tuple[Any, frozenset[str]]:
    """One raw entry or tip -> (the same, filled; the questions that it turns on)."""
    if not isinstance(item, Marked) or not policy.questions:
        return item, frozenset()
    used: set[str] = set()
    chosen = _chosen(item, policy, used)
    found = _copied(chosen, {key: _words(value, policy, used) if key not in _FIXED else value
                             for key, value in chosen.items()})  # fmt: skip
    if "ask" in found:
        found["ask"] = _bare_role(found["ask"])
    if isinstance(found.get("facts"), Marked):
        found["facts"] = _at_the_line(found["facts"], policy, facts, used)
    return found, frozenset(used)


def _chosen(item: Marked, policy: SchoolPolicy, used: set[str]) -> Marked:
    """With the words that belong to the school's answer in the place of its own, where there are some."""
    says = item.get(POLICY)
    if not isinstance(says, Mapping) or says.get("question") not in policy.questions:
        return item
    used.add(says["question"])
    value = policy.given(says["question"]).value
    cases = says.get("cases")
    case = next((each for each in cases or () if isinstance(each, Mapping) and each.get("when") == value), None)
    return _copied(item, {**item, **{key: each for key, each in case.items() if key != "when"}} if case else dict(item))


def what_is_wrong(item: Any, policy: SchoolPolicy) -> str:
    """What keeps the `policy` of a raw entry from being followed; empty where nothing does, or where it has none."""
    says = item.get(POLICY) if isinstance(item, Mapping) else None
    if says is None:
        return ""
    name = str(says.get("question")) if isinstance(says, Mapping) else ""
    if name not in policy.questions:
        return f"'{name}' is no question of {QUESTIONS}"
    options = policy.questions[name].options
    cases = [each.get("when") if isinstance(each, Mapping) else None for each in says.get("cases") or ()]
    strange = next((each for each in cases if each not in options), "")
    return f"'{strange}' is no option of '{name}': {', '.join(options)}" if strange != "" else ""


def _words(value: Any, policy: SchoolPolicy, used: set[str]) -> Any:
    if isinstance(value, Marked):
        return _copied(value, {key: _words(each, policy, used) for key, each in value.items()})
    if isinstance(value, list):
        return [_words(each, policy, used) for each in value]
    return _PLACE.sub(lambda found: _word(found, policy, used), value) if isinstance(value, str) else value


def _word(found: re.Match[str], policy: SchoolPolicy, used: set[str]) -> str:
    name = found[1]
    if name not in policy.questions:
        return found[0]
    used.add(name)
    return policy.words(name)


def _copied(before: Marked, values: Mapping[str, Any]) -> Marked:
    copy = Marked(before.line)
    copy.update(values)
    copy.lines = before.lines
    return copy


def _bare_role(value: Any) -> Any:
    """{head} -> head, for a field that names a role by itself."""
    found = _PLACE.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else value


# --- facts about age whose line the school draws


def _at_the_line(facts: Marked, policy: SchoolPolicy, kinds: Mapping[str, FactKind], used: set[str]) -> Marked:
    question, kind = _drawn_by(policy, facts.get("fact")), kinds.get(facts.get("fact", ""))
    if question is None or kind is None or _line_of(kind) is None:
        return facts
    used.add(question.id)
    line = int(policy.given(question.id).value)
    if line == _line_of(kind):
        return facts
    cases = [
        _copied(case, {**case, "when": _moved(str(case.get("when")), kind, line)}) if isinstance(case, Marked) else case
        for case in facts.get("cases") or ()
    ]
    return _copied(facts, {**facts, "fact": f"{kind.id}{_AT}{line}", "cases": cases})


def _drawn_by(policy: SchoolPolicy, fact: object) -> PolicyQuestion | None:
    return next((each for each in policy.questions.values() if each.fact and each.fact == fact), None)


def with_line(kinds: Mapping[str, FactKind], fact: str) -> Mapping[str, FactKind]:
    """The facts, with one of a line of its own (leaver-age@21) where there is none of this name yet: also words that
    were approved for another line than today's are found by it."""
    name, _, line = fact.partition(_AT)
    kind = kinds.get(name)
    if fact in kinds or kind is None or not line.isdecimal() or _line_of(kind) is None:
        return kinds
    return {**kinds, fact: _kind_at(kind, int(line))}


def _line_of(kind: FactKind) -> int | None:
    """The age from which the upper value holds; None for a fact of another shape."""
    spans = sorted(kind.ages.values())
    return spans[1][0] if len(spans) == 2 and spans[0][1] + 1 == spans[1][0] else None


def _kind_at(kind: FactKind, line: int) -> FactKind:
    """The fact with its line at another age. Words that put somebody below the old line put them below a later one,
    and words that put them above it, above an earlier one; the others say nothing any more, and the bot asks."""
    below, above = sorted(kind.ages, key=lambda value: kind.ages[value])
    later = line > kind.ages[above][0]
    new = {value: _moved(value, kind, line) for value in (below, above)}
    return FactKind(
        kind.id,
        {new[value]: _moved(kind.labels[value], kind, line) for value in (below, above)},
        {new[below]: kind.cues[below] if later else (), new[above]: () if later else kind.cues[above]},
        {new[below]: (kind.ages[below][0], line - 1), new[above]: (line, kind.ages[above][1])},
    )


def _moved(text: str, kind: FactKind, line: int) -> str:
    return re.sub(rf"\b{_line_of(kind)}\b", str(line), text)
