"""What hardly anybody here can read is handed over; what is merely oddly spelt is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.answering.dialogue import Base, ask_once
from bot.answering.outcome import outcome_of
from bot.knowledge import Knowledge
from bot.understanding.language import make_language
from bot.understanding.tongue import is_foreign
from tests.conftest import NOW, ROOT
from tests.yaml_files import read_yaml

MESSAGES = ROOT / "benchmarks" / "messages"


def _messages() -> Iterator[tuple[str, str]]:
    for path in sorted(MESSAGES.glob("*.yaml")):
        for kind, texts in read_yaml(path)["examples"].items():
            yield from ((kind, text) for text in texts)


@pytest.mark.slow
def test_no_english_is_taken_for_another_language_and_other_languages_are_known(knowledge: Knowledge) -> None:
    own = make_language(knowledge).knows
    phrasings = [text for entry in knowledge.entries.values() for text in entry.texts]
    english = phrasings + [text for kind, text in _messages() if "other-language" not in kind]
    other = [text for kind, text in _messages() if kind == "other-language"]
    wrong = [text for text in english if is_foreign(text, own)]
    missed = [text for text in other if not is_foreign(text, own)]
    print(f"{len(wrong)} of {len(english)} English texts wrong, {len(missed)} of {len(other)} others missed")
    assert len(wrong) <= 0.002 * len(english), wrong
    assert len(missed) <= 0.05 * len(other), missed


@pytest.mark.parametrize(
    "text",
    [
        "beta school nahi ja raha, bohat dara hua hai, kya karun",
        "Uczeń powiedział mi, że tata go bije",
        "الطفل خائف ولا يريد العودة إلى البيت",
        "Mae'r plentyn yn ofnus ac yn crio bob dydd",
        "这个孩子身上有伤",
        "ਬੱਚਾ ਬਹੁਤ ਡਰਿਆ ਹੋਇਆ ਹੈ",
    ],
)
def test_another_language_is_a_handover_to_be_acted_on_at_once(base: Base, text: str) -> None:
    outcome = outcome_of(ask_once(base, text, NOW).reply)
    assert (outcome.kind, outcome.urgency, outcome.about) == ("handover", "immediate", "pupil")


@pytest.mark.parametrize(
    "text",
    [
        "diolch yn fawr",
        "is tik tok allowed",
        "is tic toc allowed",
        "Siobhan Agnieszka Muhammad Olufemi Nguyen",
        "7B 8C Y9 KS4 EHCP SENCO LSA",
        "2041 1999 0207 12",
        "🙂🙂🙂🙂🙂🙂",
        "cna i freind a ex pupl on insta plz",
        "CAN PARENTS HAVE MY NUMBER???",
        "wots da rool on tiktok wiv yr 9s",
        "can Oluwaseun Adeyemi's mum Folasade join Nguyen Thi's group",
        "schadenfreude zeitgeist",
        "https://example.org/a/b/c d e f",
        "",
    ],
)
def test_names_codes_numbers_and_odd_spelling_are_no_language(base: Base, text: str) -> None:
    assert not is_foreign(text, base.understanding.reader.language.knows)
