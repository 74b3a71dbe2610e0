"""By what a text is known that is no rule: a line about the document, a heading that is only typed as one, a list of
mere names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

# A mark typed or drawn before an item; a dash counts with a space behind it, an "o" with a capital letter.
BULLET = re.compile(r"(?:[•●○▪■◦‣⁃∙·➢➤►✓✔❖⮚*\uf000-\uf0ff]|[-–](?=\s)|o(?=\s{2,}| [A-Z]))\s*(?P<text>.*)", re.S)
_ABOUT = re.compile(
    r"(?:policy |document |date |last |next |due |version )*"
    r"(?:version|edition|author|owner|approv\w*|adopt\w*|review\w*|ratified|published|publication|issued?|"
    r"date[ds]?|signed|signature|status|effective|updated|organi[sz]ation|contact|address|licen[cs]e|publisher|"
    r"chair of governors|headteacher|print name|name of (?:author|school))"
    r"(?: (?:by|on|date|dated|number|no|control|history|due|of|policy|the|next|last|review|and|from|chair|governors?|"
    r"governing body|board|trustees|headteacher|head|version|in|for|author|adopted|approved))*"
    r"\s*(?:[:=|–-].*|\d.*|)",
    re.I | re.S,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|spring|summer|autumn"
_IS_DATE = re.compile(rf"(?:\d{{1,2}}(?:st|nd|rd|th)? )?(?:{_MONTH})(?: term)?,? (?:19|20)\d\d\b.*", re.I)
_MODAL = re.compile(
    r"\b(?:should|must|will|shall|may|can|cannot|needs?|expect\w*|require[sd]?|ensure\w*|agree|responsib\w+|never|"
    r"do not|don['’]t)(?: [\w’'-]+){0,3}$|\b(?:to|not|by|are|is)$",
    re.I,
)
_OPEN_END = re.compile(
    r",$|\b(?:will|to|must|should|shall|may|that|and|or|of|for|from|with|which|the|by|not|are|is)$", re.I
)
_VERBS = re.compile(
    r"\b(?:is|are|be|was|were|been|must|should|shall|will|would|may|might|can|cannot|could|has|have|had|do|does|did|not|"
    r"never|always|ensure|ensures|use|uses|used|report|tell|ask|keep|make|follow|provide|remember|take)\b",
    re.I,
)
_SENTENCE_END = re.compile(r"[.!?;…][\"'”’)\]]*$")
_THINGS = re.compile(
    r"\b(?:(?:includ(?:e|es|ed|ing)|contain(?:s|ing)?|consists? of|such as|for example|e\.g\.|revealing)"
    r"(?:,? but (?:is|are) not limited to)?(?: for| the following)?|one or more of the following)$",
    re.I,
)
_SEMICOLON = re.compile(r"[;,](?: (?:and|or))?$")  # behind an item of a list
_ACT = re.compile(r"[A-Za-z]{2,}ing\b", re.I)  # an item that begins so names something that is done
_SAYING_OF = re.compile(r"\b(?:that|who|which|whether|how|where|what|when|if|being)\b", re.I)
_LONGEST_LIST = 900  # characters of a list that becomes one clause
_FEW_WORDS = 6
_LONGEST_ABOUT = 150  # characters
_LONGEST_LEADER = 250
_END = 80  # characters: how a text ends is seen in these
_LONGEST_HEADING = 70  # characters
_CONTENTS = re.compile(r"(?:table of )?contents(?: page)?:?", re.I)
_LEADER = re.compile(
    r"(?P<text>.*?\S)[\s]*(?:(?:[.…_]\s*){3,}|\t| {3,})\s*(?:\d[\d ]{0,3}|error! bookmark not defined\.?)?\s*", re.I
)


def is_about_document(text: str) -> bool:
    """Whether a line only says which document this is, of when and by whom."""
    line = text.strip()
    said = line.partition(":")[2] or line
    if len(line) >= _LONGEST_ABOUT or (_VERBS.search(said) and is_sentence(line)):  # a rule that begins so
        return False
    return bool(_ABOUT.fullmatch(line) or _IS_DATE.fullmatch(line))


def is_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    return bool(_SENTENCE_END.search(text.strip()[-_END:]))


def leads_in(text: str) -> bool:
    """Whether a text only begins what the next ones say."""
    return text.rstrip().endswith((":", ":-", "–", "…"))


def is_open(text: str) -> bool:
    """Whether a text stops in the middle of a sentence, so that a list may go on with it."""
    return bool(_OPEN_END.search(text.rstrip()[-_END:]))


def orders(lead: str) -> bool:
    """Whether a lead-in makes a rule of each item: "Staff must:", not "This covers the following:"."""
    words = " ".join(lead[-2 * _END :].split()).rstrip(":-– ")
    return bool(_MODAL.search(words)) and "following" not in words.lower().split()[-4:] and not names_things(lead)


def names_things(lead: str) -> bool:
    """Whether a lead-in says that things follow, which are part of something: "These include:"."""
    return bool(_THINGS.search(" ".join(lead[-2 * _END :].split()).rstrip(":-– ")))


def are_fragments(items: Iterable[str], lead: str = "") -> bool:
    """Whether the items of a list are names of things, and no rule each. After a lead-in that names things they may be
    longer, and say something of a thing: "Confirmation that it was sent"."""
    found = [_SEMICOLON.sub("", each.strip()) for each in items if each.strip()]
    if not found:
        return False
    if names_things(lead) and sum(map(len, found)) <= _LONGEST_LIST:
        acts = sum(bool(_ACT.match(each)) for each in found)
        spoken = sum(bool(_VERBS.search(_SAYING_OF.split(each, maxsplit=1)[0])) for each in found)
        whole = sum(is_sentence(each.removesuffix("etc.")) for each in found[:-1])
        if 3 * (acts + spoken + whole) <= len(found):
            return True
    short = sum(len(each.split()) <= _FEW_WORDS and not is_sentence(each) for each in found)
    spoken = sum(bool(_VERBS.search(each)) for each in found)
    return short >= 0.7 * len(found) and spoken <= 0.3 * len(found)


def looks_like_heading(text: str) -> bool:
    """Whether a paragraph by itself is most likely a heading that was only typed as one."""
    words = text.split()
    return (
        0 < len(words) <= 2 * _FEW_WORDS
        and len(text) <= _LONGEST_HEADING
        and text[0].isupper()
        and (not is_sentence(text) or (text.endswith("?") and len(words) <= 2 * _FEW_WORDS))
        and not text.endswith((",", ":"))
        and any(char.isalpha() for char in text)
    )


def is_contents(text: str) -> bool:
    """Whether it is the heading over a list of contents."""
    return bool(_CONTENTS.fullmatch(text.strip()))


def is_contents_line(text: str) -> bool:
    """Whether a line of a list of contents: a heading, dots or a gap, a page."""
    return len(text) <= _LONGEST_LEADER and bool(_LEADER.fullmatch(text))
