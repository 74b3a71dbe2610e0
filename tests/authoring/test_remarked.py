"""Whoever wrote or approved an answer hears once that staff call it wrong or out of date."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from adapters.delivering.answers import AnswerReminder
from bot.messages import Message
from bot.presses import GiveRemark, RemarkKind
from bot.service.approving.remarked import remark_letters
from bot.service.approving.reviewing import MOST
from bot.store import Remark, Store
from tests.approvals.giving import DSL as BY_DSL
from tests.approvals.test_reviews import Post
from tests.authoring.world import DSL, EX_PUPIL, HEAD, PHONE, World
from tests.conftest import NOW


def say(world: World, entry: str = PHONE, kind: RemarkKind = "out-of-date") -> None:
    world.core.assistant.handle(Message("", "visitor", GiveRemark(entry, kind)), world.now)


async def reminded(world: World, store: Store, post: Post | None = None, *, days: int = 0) -> list[str]:
    """To whom letters go when it is looked at, twice in a row, on that many days from now."""
    world.now += dt.timedelta(days=days)
    post = post or Post()
    for _ in range(2):
        reminder = AnswerReminder(
            lambda: world.base.knowledge, store, (post,), lambda: world.now, "https://ask.school.example"
        )
        await reminder.remind()
    return sorted(to for to, _ in post.arrived)


def mail(world: World, person: str) -> str:
    return world.base.knowledge.school.people[person].email


async def test_whoever_approved_it_hears_of_it_once(world: World, store: Store) -> None:
    post = Post()
    say(world)
    say(world, kind="unclear")
    assert await reminded(world, store, post) == [mail(world, DSL)]
    (_, letter) = post.arrived[0]
    title = world.base.knowledge.entries[PHONE].title
    assert f"“{title}”: “It is out of date”; “It is hard to understand”" in letter.text
    assert letter.text.strip().endswith("https://ask.school.example/inbox/answers")
    say(world)
    for _ in range(3):
        say(world, kind="wrong")
        assert await reminded(world, store, days=1) == []


async def test_its_author_hears_of_it_too(world: World, store: Store) -> None:
    draft = world.sent(PHONE)
    world.approve(draft, HEAD)
    say(world)
    assert await reminded(world, store, days=1) == sorted([mail(world, HEAD), mail(world, draft.author)])


async def test_after_it_was_approved_anew_they_hear_of_what_is_said_then(world: World, store: Store) -> None:
    world.now = NOW
    say(world)
    assert await reminded(world, store) == [mail(world, DSL)]
    world.folder.approve([PHONE], replace(BY_DSL, on=NOW.date()))
    world.refresh()
    assert await reminded(world, store, days=1) == [], "said before it was mended, on the same day"
    say(world)
    assert await reminded(world, store, days=1) == [mail(world, DSL)]


async def test_of_many_answers_in_a_day_there_is_one_letter_and_the_rest_come_the_day_after(
    world: World, store: Store
) -> None:
    post = Post()
    say(world)
    assert await reminded(world, store, post) == [mail(world, DSL)]
    say(world, EX_PUPIL)
    assert len(await reminded(world, store, post)) == 1
    assert len(await reminded(world, store, post, days=1)) == 2
    titles = [world.base.knowledge.entries[each].title for each in (EX_PUPIL, PHONE)]
    assert [title in post.arrived[1][1].text for title in titles] == [True, False]


async def test_a_letter_that_did_not_arrive_is_sent_again(world: World, store: Store) -> None:
    say(world)
    assert await reminded(world, store, Post(broken=True)) == []
    assert await reminded(world, store) == [mail(world, DSL)]


async def test_nobody_is_woken_by_it(world: World, store: Store) -> None:
    say(world)
    world.now = world.now.replace(hour=3)
    assert await reminded(world, store) == []


def test_of_many_the_first_are_named(world: World) -> None:
    knowledge = world.base.knowledge
    found = [Remark(name, "wrong", NOW.date(), 1) for name in sorted(knowledge.entries)]
    letters = remark_letters(knowledge, found, {}, {}, NOW.date())
    assert len(letters) == 1 and letters[0].letter.text.count("- “") == MOST
    assert f"- and {len(found) - MOST} more" in letters[0].letter.text
