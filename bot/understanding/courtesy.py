"""What people write around a message out of politeness, and what their faces say: it names nothing, and is not read.

"Hi, quick one: ... Thanks x" with two emoji is the message between. A message of nothing else stays as it is: whoever
only says hello is greeted.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MOST = 4  # "Hello again! Hope you're well. Just wondering: ..." has three in front
_LEAST = 3  # letters: with fewer left the courtesy was the message
_LONGEST = 4000  # characters: in more than that a word of thanks changes nothing
_GAP = r"\s{0,4}"  # bounded: else a page of empty lines is looked at once from each of them
_END = r"(?=[\s,.!?:;)–—-]|$)"
_WHO = r"(?:all|everyone|everybody|there|team|folks|guys|askfirst|both|again)"
_HELLO = r"(?:hi|hiya|hello|hey|heya|hullo|good (?:morning|afternoon|evening))"
_TIME = r"(?:morning|afternoon|evening)"
_GREETING = rf"(?:{_HELLO}(?:,? {_WHO})?|{_TIME} {_WHO}|{_TIME}(?=[,.!:\n]))"
# No one of these is made of others: what can be read in two ways is read in all of them, for minutes.
_SMALL = r"(?:quick|small|silly|stupid|daft|random|simple|another|just a|only a|probably a|bit of a|a|one)"
_LEAVE = r"(?:for you|here|please|if that's (?:ok|okay|alright|all right))"
_IN_FRONT = (
    rf"(?:{_SMALL} )+(?:one|question|q|query|thing)(?: {_LEAVE})?",
    r"(?:i was |i am |i'm |im )?just wondering(?= (?:if|whether|about|what|how|can|is|are)|\W)",
    r"i was wondering(?= (?:if|whether))",
    r"just (?:a thought|checking)",
    r"(?:i'm |im )?sorry to (?:bother|ask|trouble)(?: you)?(?: again)?",
    r"(?:i'm |im )?sorry if this is (?:a )?(?:silly|daft|stupid)(?: question)?(?:,? but)?",
    r"wonder if you (?:can|could) help",
    r"can i (?:just )?ask(?: (?:you )?(?:a (?:quick )?question|something))?",
    r"hope you can help",
    r"hope (?:you're|all is) well",
)
_OPENING = re.compile(rf"^\W*(?:{_GREETING}|{'|'.join(_IN_FRONT)}){_END}[\s,.!:;–—-]*", re.IGNORECASE)
_MUCH = (
    r"(?:so much|very much|a lot|a million|ever so much|in advance|again|all|for (?:your|the|any) (?:help|advice)|x+)"
)
_THANKS = (
    rf"(?:(?:many |big |huge )?(?:thanks|thankyou|thank you|thx|tnx|ta|cheers)(?: {_MUCH})*"
    r"|(?:any (?:help|advice|ideas)|help) (?:appreciated|welcome|gratefully received)"
    r"|tia|please advise|x+|xo+|kind regards|best wishes|regards)"
)
_NAME = rf"(?:{_GAP}[,\n]{_GAP}(?-i:[A-Z][\w'’-]+)(?: (?-i:[A-Z][\w'’-]+))?)?"
# Without a stop before it, it is no word of thanks after these: "a card to say thanks".
_BEFORE = "say says said a of my no with for to the".split()
_LOOSE = "".join(rf"(?<!\b{word})" for word in _BEFORE) + r"(?=\s)"
_BEHIND = rf"(?:(?<=[.!?…:])|(?<=[.!?…][\"'”’)])|[,\n–—-]|{_LOOSE})"
_CLOSING = re.compile(rf"{_BEHIND}{_GAP}{_THANKS}{_NAME}\W*$", re.IGNORECASE)
# The names of signs that show a mood and no thing; a knife or a pill is read like a word.
_MOOD = re.compile(r"\b(?:FACE|HANDS?|HEARTS?|THUMBS|MONKEY|FINGERS?|PARTY|SPARKLES|SHRUG|FEMALE SIGN|MALE SIGN)\b")
_SIGN = re.compile(r"([^\x00-\u2190])[\u200d\ufe0f]*")
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def without_courtesy(text: str) -> str:
    """The message without what frames it; as it is where nothing else would be left, or where it is very long."""
    if len(text) > _LONGEST:
        return text
    plain = text if text.isascii() else _SIGN.sub(lambda found: " " if _is_mood(found[1]) else found[0], text)
    for _ in range(_MOST):
        plain = _CLOSING.sub("", _OPENING.sub("", plain, count=1), count=1)
    return plain.strip() if sum(map(str.isalnum, plain)) >= _LEAST else text


@lru_cache(maxsize=4096)
def _is_mood(char: str) -> bool:
    if ord(char) in _SKIN_TONES:
        return True
    return unicodedata.category(char) == "So" and bool(_MOOD.search(unicodedata.name(char, "")))
