"""A request in Teams: who may ask and decide, and what is wrong beside its field."""

from __future__ import annotations

from tests.accounts.asking import ASKER, filled_by_staff, labelled
from tests.conftest import SCHOOL
from tests.teams.school import AtSchool


async def test_one_can_go_back_and_what_is_gone_is_said(fernbank: AtSchool) -> None:
    await fernbank.everybody("teacher")
    teacher, form = fernbank["teacher"], fernbank.core.accounts.form()
    await teacher.says("new account")
    await fernbank.settled()
    await teacher.presses("Open the form")
    await teacher.fills(**labelled(form.screens[0].fields, filled_by_staff()))
    await teacher.submits("Continue")
    await teacher.reads("Step 2 of 6")
    await teacher.presses("Back")
    shown = await teacher.reads("Step 1 of 6")
    assert "Which tool or site?" in shown
    await teacher.submits("Continue")
    await teacher.reads("Step 2 of 6")
    fernbank.clock.moves(days=2)
    await fernbank.service.channel.tidy_drafts()
    await teacher.fills(**labelled(form.screens[1].fields, filled_by_staff()))
    await teacher.submits("Continue")
    await teacher.reads("no longer kept")


async def test_a_decision_needs_a_reason_and_is_made_once(fernbank: AtSchool) -> None:
    await fernbank.everybody("dsl", "chair")
    desk, dsl = fernbank.core.accounts, fernbank["dsl"]
    found = desk.ask("one", filled_by_staff(), fernbank.clock(), ASKER)
    await fernbank.sends()
    await dsl.presses("Read and decide")
    await dsl.reads("Riskmarker")
    await dsl.presses("Decide")
    await dsl.fills(**{"What do you decide?": "Agreed", "Why?": "A clear aim."})
    desk.act("dsl", found.number, "decide", {"decision": "yes", "reason": "On the page."}, fernbank.clock())
    await dsl.submits("Keep the decision")
    await dsl.reads("not yours to see")
    kept = fernbank.core.store.register(SCHOOL).find(found.number)
    assert kept and [each.reason for each in kept.decisions] == ["On the page."]
    assert not any("Riskmarker" in message.text for message in dsl.messages)
