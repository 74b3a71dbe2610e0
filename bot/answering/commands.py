"""What is no question but something to do, typed as the whole message: log a concern, who is the DSL, topics, help.

Pure. It is asked only after triage has found nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.answering.handover import contact, in_words
from bot.answering.topics import entries_of, topics_of, whom_to_ask
from bot.concerns.guidance import CALL_999, whom_to_ring
from bot.knowledge import Knowledge, School
from bot.messages import Button, Choice, Reply
from bot.presses import ActionName, DoAction, PickTopic

_LEAD = r"(?:the |our |my |your )?(?:dsl|ddsl|designated safeguarding lead|safeguarding lead)"
_WANT = r"(?:(?:hi|hello|hey|please|i|i'd|id|im|i'm|we|want|wanna|wish|need|would|like|have|has|got|gotta|trying|to) )*"
_KIND = r"(?:safeguarding |child protection |welfare |wellbeing )?"
_CONCERN = rf"{_KIND}(?:cause for )?concerns?"
_FORM = rf"(?:{_CONCERN} form|(?:safeguarding|welfare|child protection) (?:form|report)|form for (?:a |an )?{_CONCERN})"
_WHOSE = r"(?:(?:a|an|one of (?:my|our|the)|my|our|this|that|the|some|another|two) )?(?:\w+ )?"
_PUPIL = (
    rf"(?:{_WHOSE}(?:child|children|kids?|pupils?|students?|girls?|boys?|lads?|toddler|baby|sixth former|tutees?)"
    r"(?: in (?:my|our) \w+(?: group)?)?|(?:(?:a|my|some) )?(?:year|yr) \d+s?(?: \w+)?|him|her|them)"
)
_PERSON = (
    rf"(?:{_PUPIL}|{_WHOSE}(?:teacher|teaching assistant|ta|colleague|coach|member of staff|adult|head|headteacher|"
    r"parents?|mum|dad|family|somebody|someone))"
)
# A name, which has no article: nobody is turned away from the form because of whom it is about.
_NAME = (
    r"(?!(?:a|an|the|my|our|how|what|why|when|whether|pay|salary|workload|hours|cover|marking|timetables?|heating|parking|"
    r"cars?|toilets?|printers?|it|wifi|laptops?|site|building|food|lunches|uniform|data|gdpr|polic(?:y|ies)|grades?|"
    r"exams?|budgets?|training|holidays?|contracts?|pensions?|health|equipment|websites?|traffic|noise|staff|school)\b)"
    r"[^\W\d]+(?: [^\W\d]+)?"
)
_ON = r"(?:about|regarding|re|on|over)"
_WRITE = (
    r"(?:log|report|raise|record|file|submit|open|start|make|put in|fill|fill in|fill out|complete|write up|write down|"
    r"note|note down)"
)
_SEE = (
    r"(?:get|find|see|use|open|show me|give me|send me|(?:a )?link to|where is|wheres|where's|where do i find|"
    r"how (?:do|can) i (?:get|get to|find|open|see))"
)
_ARTICLE = r"(?:(?:a|an|the|my|your|this) )?(?:new )?"
_PLEASE = r"(?: please| here| now| thanks)*"
_COMMANDS: Mapping[ActionName, re.Pattern[str]] = {
    "log-concern": re.compile(
        rf"{_WANT}(?:(?:can|could|may) (?:i|you|we) )?{_WANT}(?:"
        rf"{_WRITE} {_ARTICLE}(?:{_FORM}|{_CONCERN}|{_KIND}worry)(?: {_ON} (?:{_PERSON}|{_NAME}))?|"
        rf"{_WRITE} (?:something|an incident|a form) {_ON} {_PERSON}|"
        rf"(?:{_SEE} )?{_ARTICLE}{_FORM}|{_ARTICLE}{_CONCERN}(?: {_ON} {_PUPIL})?){_PLEASE}"
    ),
    "who-is-dsl": re.compile(
        rf"(?:(?:so |and )?(?:who|whos|who's|who is|who s)(?: is| are)? {_LEAD}s?|{_LEAD}|"
        rf"{_WANT}(?:contact|ring|call|phone|reach|find|speak to|talk to|get hold of) {_LEAD}|"
        rf"(?:what is |whats |what's )?{_LEAD}(?:'s|s)?(?: phone| contact)? (?:number|details|extension|name))"
        r"(?: here| please| now| at (?:our|this|the) school| in (?:our|this) school)*"
    ),
    "new-account": re.compile(
        r"(?:(?:i want to |id like to |i'd like to |can i )?(?:ask for|request|propose) (?:a )?new "
        r"(?:school |social media )?(?:account|tool)(?: or (?:tool|account))?|"
        rf"new (?:school |social media )?account(?: or tool)?(?: form| request)?){_PLEASE}"
    ),
    "topics": re.compile(
        r"(?:(?:please )?(?:list|show|see|browse|give)(?: me)?(?: all| the| of| your)* )?topics?(?: list| please)?|"
        r"menu|"
        r"what topics(?: are there| do you (?:know|cover|have|know about))?|what do you know(?: about)?|index|contents"
    ),
    "help": re.compile(
        r"(?:please )?help(?: me)?(?: please)?|what can (?:you do|i ask|i ask you|you help with|you help me with)|"
        r"what do you do|how does this work|how do i use (?:this|you|it)|"
        r"how to use (?:this|it)|commands|instructions|options"
    ),
}
# Words whose slips are put right, and real words that are near them.
_MISTYPED = (
    "concern", "concerns", "report", "raise", "record", "submit", "complete", "safeguarding", "protection", "welfare",
    "something", "about", "please", "child", "pupil", "student", "speak", "someone", "somebody",
)  # fmt: skip
_RIGHT_AS_THEY_STAND = frozenset(
    "concert concerts concept concepts concerned concerning reports reported resort retort repot support praise raised "
    "rise raises records recorder recorded summit children chill pupils students abort sneak speaks spear peak pleased "
    "pleases completed complex compete collection projection".split()
)
_SHORTENED = {"frm": "form", "fom": "form", "pls": "please", "plz": "please", "abt": "about", "lgo": "log"}
_TOO_SHORT_TO_MEND, _LONG = 5, 8  # letters
_SPEAK = re.compile(
    rf"{_WANT}(?:(?:can|could|may) i )?(?:who )?{_WANT}(?:speak|talk|chat)(?: to| with) "
    rf"(?:someone|somebody|anyone|a person|{_LEAD}|safeguarding)"
    r"(?: now| urgently| today| please| in private| privately)* about (?:a |one of (?:my|our|the) |my |this |some )?"
    r"(?:child|children|pupil|pupils|student|students|girl|boy|kid|young person)"
    r"(?: please| in my class| in my form| now)*"
)
LOG = (
    "{999} Open the form to log a concern. Tell somebody in person or by phone as well, and do not wait for the "
    "form: ring the first who answers. About an adult at the school, ring the {head}; about the {head}, the {chair}."
)
NEW_ACCOUNT = (
    "Open the form to ask for a new account or tool. Your line manager decides first, then the senior leaders (SLT). "
    "Nothing is in use before both have agreed."
)
TOO_BUSY = (
    "Many people are asking at once, and I have not looked at your question. Ask again in a minute. Is it about a "
    f"child or an adult who may be at risk? Do not wait for me: ring the first who answers. {CALL_999}"
)
TOPICS = "Choose a topic to see what it answers, or type your question in your own words."
NO_TOPICS = "Nobody at this school has approved an answer yet. Please ask this person before you act:"
HELP = (
    "Type a question in your own words, such as: can I friend an ex-pupil? You get an answer that your school has "
    "approved, or the name of somebody to ask. You can also type: log a concern, who is the DSL, topics, help. Nobody "
    f"watches this chat. {CALL_999}"
)


def command_of(text: str) -> ActionName | None:
    """The action that a whole message asks for; None for anything else."""
    said = _plain(text)
    wordings = dict.fromkeys((said, _mended(said)))
    found = ((name, each) for each in wordings if each for name in _COMMANDS)
    return next((name for name, each in found if _COMMANDS[name].fullmatch(each)), None)


def wants_a_person(text: str) -> bool:
    """Whether somebody asks to speak to a person about a child, and says no more."""
    return bool(_SPEAK.fullmatch(_mended(_plain(text))))


def carry_out(knowledge: Knowledge, name: ActionName, now: dt.datetime) -> Reply:
    """What an action shows."""
    made: Mapping[ActionName, Callable[[Knowledge, dt.datetime], Reply]] = {
        "log-concern": _log_concern,
        "who-is-dsl": _who_is_dsl,
        "topics": _topics,
        "help": _help,
        "new-account": _new_account,
    }
    return made[name](knowledge, now)


def too_busy(school: School, now: dt.datetime) -> Reply:
    """What is said where more is asked at once than can be answered: whom to ring does not wait for it."""
    people = tuple(contact(person) for person in whom_to_ring(school, {}, None, now))
    return Reply("action", text=TOO_BUSY, people=people, form=True)


def show_topic(knowledge: Knowledge, topic: str) -> Reply | None:
    """The entries of a topic, to choose from; None where there is no such topic any more."""
    entries = entries_of(knowledge, topic)
    if not entries:
        return None
    title = next(each.title for each in topics_of(knowledge) if each.id == topic)
    choices = tuple(Choice(entry.id, entry.title, entry.cites) for entry in entries)
    return Reply("choices", text=f"{title}: choose one.", choices=choices, confidence=1.0)


def _log_concern(knowledge: Knowledge, now: dt.datetime) -> Reply:
    people = tuple(contact(person) for person in whom_to_ring(knowledge.school, {}, None, now))
    text = in_words(knowledge.school, knowledge.handovers, LOG.replace("{999}", CALL_999))
    return Reply("action", text=text, people=people, form=True, action="log-concern", confidence=1.0)


def _who_is_dsl(knowledge: Knowledge, now: dt.datetime) -> Reply:
    leads = " and ".join(person.name for person in knowledge.school.holders("dsl"))
    text = f"The Designated Safeguarding Lead (DSL) is {leads}. Ring the first who answers. {CALL_999}"
    people = tuple(contact(person) for person in whom_to_ring(knowledge.school, {}, None, now))
    return Reply("action", text=text, people=people, form=True, action="who-is-dsl", confidence=1.0)


def _new_account(_: Knowledge, __: dt.datetime) -> Reply:
    return Reply("action", text=NEW_ACCOUNT, account_form=True, action="new-account", confidence=1.0)


def _topics(knowledge: Knowledge, now: dt.datetime) -> Reply:
    offers = tuple(Button(topic.title, PickTopic(topic.id)) for topic in topics_of(knowledge))
    if not offers:  # a school that has just begun
        asked = whom_to_ask(knowledge, None, now)
        return Reply("action", text=NO_TOPICS, contact=asked.contact, action="topics", confidence=1.0)
    return Reply("action", text=TOPICS, offers=offers, action="topics", confidence=1.0)


def _help(knowledge: Knowledge, now: dt.datetime) -> Reply:
    offers = (Button("Topics", DoAction("topics")), Button("Who is the DSL?", DoAction("who-is-dsl")))
    return Reply("action", text=HELP, offers=offers, form=True, action="help", confidence=1.0)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w']+", " ", text.casefold().replace("’", "'")).split()) if len(text) < 200 else ""


def _mended(said: str) -> str:
    """The same with slips of the finger in the words that matter put right."""
    return " ".join(_mended_word(word) for word in said.split())


def _mended_word(word: str) -> str:
    if len(word) < _TOO_SHORT_TO_MEND or word in _MISTYPED or word in _RIGHT_AS_THEY_STAND:
        return _SHORTENED.get(word, word)
    near = process.extractOne(word, _MISTYPED, scorer=OSA.distance, score_cutoff=1 + (len(word) > _LONG))
    return str(near[0]) if near else word
