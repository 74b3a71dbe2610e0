"""What is no question but something to do, typed as the whole message: log a concern, who is the DSL, topics, help.

Pure. It is asked only after triage has found nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

from bot.answering.handover import contact, in_words
from bot.answering.topics import entries_of, topics_of, whom_to_ask
from bot.concerns.guidance import CALL_999, whom_to_ring
from bot.knowledge import Knowledge, School
from bot.messages import Button, Choice, Reply
from bot.presses import ActionName, DoAction, PickTopic

_LEAD = r"(?:the |our |my |your )?(?:dsl|ddsl|designated safeguarding lead|safeguarding lead)"
_WANT = r"(?:(?:hi|hello|please|i|we|want|need|would|like|have|to) )*"
_COMMANDS: Mapping[ActionName, re.Pattern[str]] = {
    "log-concern": re.compile(
        rf"{_WANT}(?:(?:log|report|raise|record|file|submit|open|start|make) (?:a |an |the |my )?(?:new )?)?"
        r"(?:safeguarding |child protection |welfare )?(?:concern|concerns|concern form|cause for concern)(?: form)?"
        r"(?: please| here| now)*"
    ),
    "who-is-dsl": re.compile(
        rf"(?:(?:so |and )?(?:who|whos|who's|who is|who s)(?: is| are)? {_LEAD}s?|{_LEAD}|"
        rf"{_WANT}(?:contact|ring|call|phone|reach|find|speak to|talk to|get hold of) {_LEAD}|"
        rf"(?:what is |whats |what's )?{_LEAD}(?:'s|s)?(?: phone| contact)? (?:number|details|extension|name))"
        r"(?: here| please| now| at (?:our|this|the) school| in (?:our|this) school)*"
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
    return next((name for name, pattern in _COMMANDS.items() if said and pattern.fullmatch(said)), None)


def wants_a_person(text: str) -> bool:
    """Whether somebody asks to speak to a person about a child, and says no more."""
    return bool(_SPEAK.fullmatch(_plain(text)))


def carry_out(knowledge: Knowledge, name: ActionName, now: dt.datetime) -> Reply:
    """What an action shows."""
    made: Mapping[ActionName, Callable[[Knowledge, dt.datetime], Reply]] = {
        "log-concern": _log_concern,
        "who-is-dsl": _who_is_dsl,
        "topics": _topics,
        "help": _help,
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
