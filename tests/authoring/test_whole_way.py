"""The whole way: a question that nobody could answer is asked in Slack, becomes an answer on the page, is tried, sent
and approved there, and is then answered in Slack and in Teams."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.command.workshop import learner_of, workshop_of
from adapters.slack import manifest
from adapters.web.app import make_app
from adapters.web.security import Limits
from bot.service.core import Core
from bot.service.live.base import LiveBase
from bot.store import Store
from tests.approvals.conftest import approved, begun, folder
from tests.approvals.giving import Folder
from tests.authoring.world import AUTHOR, own, settings_of
from tests.conftest import NOW, SCHOOL
from tests.inboxing import KEY, Visitor, World
from tests.slack.driving import SlackDriver
from tests.slack.school import ADDRESS
from tests.slack.school import AtSchool as AtSlack
from tests.slack.server import Slack
from tests.teams.driving import TeamsDriver
from tests.teams.school import AtSchool as InTeams
from tests.teams.server import Teams
from tests.web.answers.test_pages import form_of, words

__all__ = ["approved", "begun", "folder"]  # fixtures

ASKED, FILE, ROOT = "can i bring my hamster to class", "entries/personal.yaml", "/inbox/answers"
TEXT = own()


@contextlib.asynccontextmanager
async def at_slack(core: Core) -> AsyncIterator[SlackDriver]:
    slack = Slack()
    await slack.start()
    slack.uses(manifest(ADDRESS, socket=False, agent=False))
    school = AtSlack(slack, core)
    school["teacher"]
    try:
        async with school.open():
            yield SlackDriver(school)
    finally:
        await slack.stop()


@contextlib.asynccontextmanager
async def in_teams(core: Core) -> AsyncIterator[TeamsDriver]:
    teams = Teams()
    await teams.start()
    school = InTeams(teams, core)
    try:
        async with school.open():
            await school.everybody("teacher")
            yield TeamsDriver(school, "standard")
    finally:
        await teams.stop()


@contextlib.asynccontextmanager
async def at_the_page(core: Core, store: Store) -> AsyncIterator[World]:
    world = World(core.base(), store)
    world.core = core
    world.serve(make_app(core, lambda: NOW, key=KEY, limits=Limits(a_minute=6000, burst=1000)))
    async with world.server:
        yield world
        for client in world.clients:
            await client.close()


async def written(author: Visitor) -> str:
    """The question becomes a draft, is tried and sent; the draft's id."""
    page = await author.get(f"{ROOT}/new")
    assert f"“{ASKED}”" in html.unescape(page.text) and "Got no answer" in page.text
    near = await author.post(f"{ROOT}/new", action="look", text=ASKED, clause="", file="")
    assert "This may be answered already" in near.text
    made = await author.post(f"{ROOT}/new", action="begin", text=ASKED, clause="", file=FILE)
    assert made.status == 303
    form = form_of(await author.get(made.to))
    assert form["phrasings"] == ASKED
    typed = {name: getattr(TEXT, name) for name in ("title", "ruling", "badge", "answer", "ask")}
    typed |= {"phrasings": "\n".join(TEXT.phrasings), "opposites": "\n".join(TEXT.opposites)}
    typed |= {f"like-{number}-text": each.text for number, each in enumerate(TEXT.not_this)}
    typed |= {"cite-0": TEXT.cites[0], "first": TEXT.cites[0]}
    tried = await author.post(made.to, **{**form, **typed}, action="try")
    assert tried.status == 303
    shown = words(await author.post(tried.to, action="ask", text=ASKED))
    assert "What staff get now" in shown and TEXT.badge in shown
    form = form_of(await author.get(made.to))
    sent = await author.post(made.to, **form, action="send")
    assert (sent.status, sent.to) == (303, f"{made.to}?done=sent")
    return made.to.rpartition("/")[2]


@pytest.mark.slow
async def test_a_question_nobody_could_answer_is_answered_in_slack_and_in_teams_once_it_was_written_and_approved(
    folder: Folder, store: Store, tmp_path: Path
) -> None:  # fmt: skip
    settings = settings_of(folder, tmp_path)
    learner = learner_of(settings)
    live = LiveBase(settings, learner)
    core = Core(live.current, store, settings.data, workshop=workshop_of(settings, live, lambda: None))
    async with at_slack(core) as slack, in_teams(core) as teams, at_the_page(core, store) as page:
        assert "I don't know" in (await slack.says("teacher", ASKED)).replace("’", "'")
        draft = await written(await page.signed_in(AUTHOR))
        assert TEXT.badge not in await slack.says("teacher", ASKED)
        approver = await page.signed_in("online")
        assert "Answers (1)" in words(approver.seen[-1])
        waiting = await approver.get(f"{ROOT}/waiting/{draft}")
        digest = re.findall(r'name="digest" value="(\w+)"', waiting.text)[0]
        while learner.is_busy():  # it was sent, and is learned while it waits
            assert learner._process
            learner._process.wait(300)
        done = await approver.post(f"{ROOT}/waiting/{draft}", action="approve", digest=digest, review_by="")
        assert (done.status, done.to) == (303, f"{ROOT}/waiting?done=approved")
        assert not live.refresh() and not learner.is_busy(), "live with the approval itself"
        for driver in (slack, teams):
            said = await driver.says("teacher", ASKED)
            assert TEXT.badge in said and TEXT.answer in said and "Mr Ben Ferreira" in said
        author = await page.signed_in(AUTHOR)
        assert "Your answers that were approved lately (1)" in words(await author.get(ROOT))
    assert store.audit(SCHOOL).verify(NOW) == ()
