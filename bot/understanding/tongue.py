"""Whether a message, or a stretch of it, is written in another language than English. Pure.

Nothing is learned: a word is English if a list of English words, or the school's own files, have it. Numbers, codes and
emoji are no words, and neither are names where they can be told from words (a capital inside a sentence).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.understanding.reading import MOST_CHARS
from bot.understanding.wordlist import english

FEWEST = 4  # words: fewer say nothing about a language
HARDLY_ANY = 0.4  # of the words
_COMMON = 30_000  # the list was counted on the web: below this rank it holds words of every language
_SHORT_COMMON = 1_500  # the same for words of up to three letters
_MOST_WORDS = 100  # of the whole; of more, some from all over
# Words in a row, and how many of them may be English by chance: below that, a stretch is in another language, whatever
# English stands around it. Fewer words in a row are a quotation from a lesson.
_STRETCHES = ((5, 1), (6, 2), (8, 3))
_MOST_SLIPS = 200  # words of one text that are held against common ones; nobody mistypes more
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
    "wud wen facebook dunno gotta lemme thru tho abt bc thats whats im ive id theyre youre didnt doesnt tik tok "
    "tic toc tock yt vinted roblox discord twitch onlyfans kahoot seesaw dojo cpoms".split()
)
_TYPO_FROM = 5  # letters: a shorter word has a neighbour in any language
_TYPO_OF = 4_000  # words: what is mistyped is mostly a common word
_WORD = re.compile(r"[^\W\d_]+(?:['’`-][^\W\d_]+)*")
_EMOJI = re.compile(r":[a-z_]+:")
_PIECE = re.compile("[!-~]+")  # other scripts stand beside figures without a gap
_REPEATED = re.compile(r"([a-z])\1{2,}")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_UNSPACED_RUN = re.compile(rf"{_UNSPACED.pattern}{{6}}")
_BETWEEN = re.compile(r"[\W\d_]+")


def is_foreign(text: str, own: Callable[[str], bool]) -> bool:
    """Whether hardly any word of it, or of a stretch of it, is English. `own` says of a word in small letters whether
    the base uses it."""
    if len(text) > MOST_CHARS:
        text = f"{text[: MOST_CHARS // 2]} {text[-MOST_CHARS // 2 :]}"
    plain = _PIECE.sub(lambda found: " " if _is_code(found[0]) else found[0], _EMOJI.sub(" ", text))
    letters = _BETWEEN.sub("", plain)
    unspaced = len(_UNSPACED.findall(letters))  # scripts without gaps between words
    if (unspaced >= FEWEST and unspaced > len(letters) / 2) or _UNSPACED_RUN.search(letters):
        return True
    words = [match.group() for match in _WORD.finditer(plain)]
    counted = [_small(word) for number, word in enumerate(words) if not _is_name(words, number)]
    telling = [word for word in counted if word not in _ANYBODYS]
    if len(counted) < FEWEST or len(set(telling)) < FEWEST - 1:
        return False
    spread = telling[:: max(1, len(telling) // _MOST_WORDS)]
    known = _Known(own)
    return known.few(spread, HARDLY_ANY * len(spread)) or known.has_stretch(telling)


def _is_code(piece: str) -> bool:
    return "://" in piece or "@" in piece[1:-1] or any(char.isdigit() for char in piece)


class _Known:
    """Which words of one text are English."""

    def __init__(self, own: Callable[[str], bool]) -> None:
        self._own = own
        self._looked_up: set[str] = set()

    def few(self, words: Sequence[str], most: float) -> bool:
        """Whether at most so many of them are."""
        unknown = [word for word in words if not _is_english(word, self._own)]
        if len(words) - len(unknown) > most:
            return False
        slips = sum(map(self._is_slip, unknown)) if all(map(str.isascii, words)) else 0
        return len(words) - len(unknown) + slips <= most

    def has_stretch(self, words: Sequence[str]) -> bool:
        """Whether among them, in a row, hardly any is."""
        english = [_is_english(word, self._own) for word in words]
        return any(
            len(set(words[start : start + length])) > length / 2 and self.few(words[start : start + length], most)
            for length, most in _STRETCHES
            for start in _scarce(english, length, most)
        )

    def _is_slip(self, word: str) -> bool:
        """Accents and other scripts are no slips."""
        if word not in self._looked_up and len(self._looked_up) >= _MOST_SLIPS:
            return False
        self._looked_up.add(word)
        return _is_slip(word)


def _scarce(english: Sequence[bool], length: int, most: int) -> Iterator[int]:
    """Where so many words in a row begin of which at most so many are English."""
    there = sum(english[:length])
    for start in range(len(english) - length + 1):
        if there <= most:
            yield start
        there += sum(english[start + length : start + length + 1]) - english[start]


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
