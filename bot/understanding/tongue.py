"""Whether a message is written in another language than English. Pure.

Nothing is learned: a word is English if a list of English words, or the school's own files, have it. Numbers, codes and
emoji are no words, and neither are names where they can be told from words (a capital inside a sentence).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.understanding.wordlist import english

FEWEST = 4  # words: fewer say nothing about a language
HARDLY_ANY = 0.4  # of the words
_COMMON = 30_000  # the list was counted on the web: below this rank it holds words of every language
_SHORT_COMMON = 1_500  # the same for words of up to three letters
_LONGEST = 4_000  # characters that are looked at
_MOST_WORDS = 100  # that are looked up; of more, some from all over
# Of the commonest English words, and as common elsewhere: they speak for no language.
_ANYBODYS = frozenset(
    "de la el en es un una las los del con que por para sin se su te le les des est et il au sur per da di do dos das "
    "com no o e y u w z i a me mi ma am an in is as at er es ja man mama din pe ne ne ke ki ko ka na nu ni si sa so to "
    "ta mae yr hi main sir class school phone teacher driver internet video photo photos hay has ha he her are ale am "
    "ben bet bin war was die der das og ut us lag sab band son ii iii".split()
)
_INFORMAL = frozenset(
    "wot wots wat wats wiv dat dis dem ur urs plz pls thx ta bcoz cos coz cuz gonna wanna aint dont cant wont isnt yr "
    "yrs innit luv ppl msg txt tbh idk ngl lol omg insta snap snapchat tiktok whatsapp fb rool skool cud shud "
    "wud wen facebook dunno gotta lemme thru tho abt bc thats whats im ive id theyre youre didnt doesnt".split()
)
_TYPO_FROM = 5  # letters: a shorter word has a neighbour in any language
_TYPO_OF = 4_000  # words: what is mistyped is mostly a common word
_WORD = re.compile(r"[^\W\d_]+(?:['’`-][^\W\d_]+)*")
_CODES = re.compile(r"https?://\S+|\S+@\S+|\S*\d\S*|:[a-z_]+:")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_LETTER = re.compile(r"[^\W\d_]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def is_foreign(text: str, own: Callable[[str], bool]) -> bool:
    """Whether hardly any word of it is English. `own` says of a word in small letters whether the base uses it."""
    plain = _CODES.sub(" ", text[:_LONGEST])
    unspaced = len(_UNSPACED.findall(plain))  # scripts without gaps between words
    if unspaced >= FEWEST:
        return unspaced > len(_LETTER.findall(plain)) / 2
    words = [match.group() for match in _WORD.finditer(plain)]
    counted = [_small(word) for number, word in enumerate(words) if not _is_name(words, number)]
    telling = [word for word in counted if word not in _ANYBODYS]
    if len(counted) < FEWEST or len(set(telling)) < FEWEST - 1:
        return False
    telling = telling[:: max(1, len(telling) // _MOST_WORDS)]
    typed = plain.replace("’", "'").isascii()  # accents and other scripts are no slips
    known = sum(_is_english(word, own) or (typed and _is_slip(word)) for word in telling)
    return known <= HARDLY_ANY * len(telling)


def _small(word: str) -> str:
    return word.lower().replace("’", "'").replace("`", "'")


def _is_name(words: list[str], number: int) -> bool:
    """A word with a capital where its neighbours have none."""
    return number > 0 and words[number].istitle() and words[number].isascii()


def _is_english(word: str, own: Callable[[str], bool]) -> bool:
    if not word.isascii():
        return False
    parts = (word, *word.replace("-", " ").replace("'", " ").split(), _REPEATED.sub(r"\1", word))
    return any(part in _listed() or part in _INFORMAL or own(part) for part in parts)


@lru_cache(maxsize=20_000)
def _is_slip(word: str) -> bool:
    """Whether a common word becomes this one by a single slip of the finger."""
    found = process.extractOne(word, _mistyped(), scorer=OSA.distance, score_cutoff=1, processor=None)
    return len(word) >= _TYPO_FROM and found is not None


@lru_cache(maxsize=1)
def _mistyped() -> tuple[str, ...]:
    common = sorted(english(), key=lambda word: -english()[word])[:_TYPO_OF]
    return tuple(word for word in common if len(word) >= _TYPO_FROM - 1)


@lru_cache(maxsize=1)
def _listed() -> frozenset[str]:
    """The words that are English, and not there by chance."""
    words = sorted(english(), key=lambda word: -english()[word])
    return frozenset(word for word in words[:_COMMON] if len(word) > 3) | frozenset(
        word for word in words[:_SHORT_COMMON]
    )
