"""No part of the store gives one school what is another's."""

from __future__ import annotations

import contextlib
import datetime as dt
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa

from bot.answering.dialogue import Conversation, NoteGap
from bot.concerns import Account, Detail, Routing
from bot.concerns.ladder.escalation import Recipient, Step
from bot.knowledge import Cover, School
from bot.knowledge.authoring import EntryText
from bot.required.listing import StaffChange
from bot.store import (
    Delivered,
    Draft,
    DraftStep,
    Finished,
    Known,
    Logged,
    NewConcern,
    Opinion,
    Place,
    Post,
    ReviewStep,
    Store,
    UnknownConcernError,
    alert_name,
)
from bot.store.concern import ConcernTables
from bot.store.schema import restores
from bot.tips import TipChoice
from tests.conftest import NOW
from tests.store.full import asked_for, review_itself
from tests.store.made import DSL, DSL_ACTOR, LATER, TIP_DAY, log, read_here, report_of


@pytest.fixture
def elsewhere(school: School) -> School:
    """Another school with the very same people and parts."""
    return replace(school, id="elsewhere")


def _calls(
    store: Store, school: School, logged: Logged, waiting: Delivered
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every public function of every part of the store, asked by another school for what is not its own."""
    talk, concerns, inbox = store.talk(school.id), store.concerns(school.id), store.inbox(school.id)
    sign_in, audit, outbox = store.sign_in(school.id), store.audit(school.id), store.outbox((school.id,))
    accounts, received = store.accounts(school.id), store.received(school.id, "slack")
    places = store.places(school.id, "teams")
    routing = Routing("pupil", ("dsl",), frozenset(), (), ())
    queue, put_back = store.tip_queue((school.id,)), store.restores(school.id)
    tips, theirs = store.tips(school.id), Post("fernbank", "web", TIP_DAY, "tip-0", "claimed", NOW, "owner")

    def work(begin: Callable[[], object]) -> object:
        try:
            with begin() as case:  # type: ignore[attr-defined]
                return case.events
        except UnknownConcernError:
            return None

    def read() -> object:
        try:
            return concerns.read(logged.number, DSL, DSL_ACTOR, NOW)
        except UnknownConcernError:
            return None

    yield "Talk.conversation", lambda: talk.conversation("talk", NOW) == Conversation() or "seen"
    yield "Talk.finish_turn", lambda: talk.finish_turn("talk", Finished(Conversation()), NOW)
    yield "Talk.gaps", talk.gaps
    yield "Talk.forget_gaps", talk.forget_gaps
    yield "Talk.tallies", lambda: talk.tallies(dt.date(2020, 1, 1))
    yield "Concerns.log", lambda: concerns.log(NewConcern("new", report_of(), routing, ()), NOW).repeated
    yield "Concerns.read", read
    yield "Concerns.work", lambda: work(lambda: concerns.work(logged.number, DSL))
    yield "Concerns.work_by_receipt", lambda: work(lambda: concerns.work_by_receipt(logged.receipt))
    yield "Concerns.work_on_ladder", lambda: work(lambda: concerns.work_on_ladder(logged.number))
    yield "Concerns.delivered", lambda: None  # only ever given a notice that this school's outbox claimed
    yield "Inbox.summaries", lambda: [each for each in inbox.summaries(DSL) if each.number == logged.number]
    yield "Inbox.search", lambda: logged.number in inbox.search(DSL, "Seenmarker")
    yield "Inbox.reports", lambda: logged.number in dict(inbox.reports(DSL, "nobody"))
    yield "Inbox.unreadable", lambda: inbox.unreadable(DSL, "nobody")
    yield "Inbox.files", lambda: inbox.files(DSL)
    yield "Inbox.open_actions", lambda: inbox.open_actions(DSL, logged.number)
    yield "Inbox.reviews", lambda: inbox.reviews(DSL, dt.date(2100, 1, 1))
    yield "Inbox.counted", lambda: len(inbox.counted(DSL)) > 1
    yield "Inbox.logged_by", lambda: len(inbox.logged_by(report_of().reporter)) > 1
    yield "Inbox.awaiting", lambda: logged.number in inbox.awaiting((Account("email", "marker@mail.example"),))
    yield "Inbox.not_acknowledged", lambda: logged.number in inbox.not_acknowledged()
    yield "Inbox.followed", lambda: inbox.followed(logged.receipt)
    yield "SignIn.make_link", lambda: None  # makes one of its own, and reads nothing
    yield "SignIn.use_link", lambda: sign_in.use_link("link", NOW)
    yield "SignIn.who", lambda: sign_in.who("session", NOW)
    yield "SignIn.end_all", lambda: sign_in.end_all("dsl")
    yield "SignIn.end", lambda: sign_in.end("session")
    yield "Audit.append", lambda: None  # inside a transaction of the parts above
    yield "Audit.note", lambda: audit.note("link-made", DSL_ACTOR, Detail(), NOW).number > 9
    yield "Audit.of", lambda: None  # the same
    yield "Audit.delete", lambda: None  # the same
    yield "Audit.lines", lambda: [line for line in audit.lines() if line.concern == logged.number]
    yield "Audit.verify", audit.verify
    yield "Audit.proof", lambda: audit.proof(NOW).concerns > 1
    yield "Audit.head", lambda: audit.head() in {line.mark for line in store.audit("fernbank").lines()}
    yield "Audit.begin", lambda: audit.begin(NOW)
    for name in ("every", "lines_in", "hash_of", "has", "faults", "of_kinds", "lock"):
        yield f"Audit.{name}", lambda: None  # inside a transaction of those above
    yield "Accounts.keep", lambda: accounts.keep(Known(Account("slack", "U9"), "dsl", "Other", "", False))
    yield "Accounts.who", lambda: accounts.who(Account("slack", "U1"))
    yield "Accounts.of", lambda: any(each.account.id != "U9" for each in accounts.of("slack", "dsl"))
    yield "Accounts.all", lambda: any(each.account.id != "U9" for each in accounts.all())
    yield "Accounts.forget", lambda: accounts.forget(Account("slack", "U1"))
    yield "Accounts.keep_new", lambda: not accounts.keep_new(Known(Account("slack", "U1"), "", "", "", False))
    yield "Received.take", lambda: None if received.take("Ev1", "theirs", NOW) else "not its own"
    yield "Received.left_over", lambda: [each for each in received.left_over(LATER) if each.payload != "theirs"]
    yield "Received.kept", lambda: received.kept("Ev1") != "theirs"
    yield "Received.renew", lambda: received.renew((waiting.id,), LATER + dt.timedelta(days=1))
    yield "Received.unanswered", lambda: received.unanswered(LATER - dt.timedelta(hours=1)).count
    yield "Received.give_up", lambda: received.give_up(Delivered(waiting.id, "", 1))
    yield "Received.done", lambda: received.done(Delivered(waiting.id, "", 1), NOW)
    yield "Received.forget_older", lambda: received.forget_older(LATER) != 1
    yield "Received.forget", lambda: received.forget("Ev1")
    yield "Places.find", lambda: places.find("dsl")
    yield "Places.all", places.all
    yield "Places.keep", lambda: places.keep(Place("dsl", "elsewhere"))
    yield "Places.keep_alert", lambda: places.keep_alert(Place(alert_name(logged.number, "U1", "m1"), "elsewhere"))
    covers = store.covers(school.id)
    yield "Covers.all", covers.all
    yield "Covers.name", lambda: None  # names one of its own, and reads nothing of another's
    yield "Covers.end", lambda: any(covers.end(each, DSL_ACTOR, (), NOW) for each in store.covers("fernbank").all())
    drills = store.drills(school.id)
    drafts = store.drafts(school.id)
    begun = store.drafts("fernbank").all()

    def changed(draft: Draft) -> bool:
        def taken(found: Draft | None) -> DraftStep:
            return DraftStep(found) if found else missing()

        with contextlib.suppress(UnknownConcernError):
            drafts.change(draft.id, taken, NOW)
            return True
        with contextlib.suppress(UnknownConcernError):
            drafts.change_among(draft.id, lambda found, _: taken(found), NOW)
            return True
        return False

    def missing() -> DraftStep:
        raise UnknownConcernError

    yield "AnswerDrafts.add", lambda: None  # adds one of its own, and reads nothing of another's
    yield "AnswerDrafts.all", drafts.all
    yield "AnswerDrafts.find", lambda: any(drafts.find(each.id) for each in begun)
    yield "AnswerDrafts.change", lambda: any(map(changed, begun))
    yield "AnswerDrafts.change_among", lambda: any(map(changed, begun))
    yield "AnswerDrafts.note", lambda: None  # a line of its own log
    yield "AnswerDrafts.history", drafts.history
    yield "AnswerDrafts.remark", lambda: drafts.remark("friend-pupil", "wrong", TIP_DAY)
    yield "AnswerDrafts.remarked", lambda: [each for each in drafts.remarked(dt.date(2020, 1, 1)) if each.number != 1]
    register, known = store.register(school.id), store.register("fernbank").all()

    def sees(number: str) -> bool:
        """Whether a change of this line sees what stands there."""
        seen: list[object] = []
        register.change(number, lambda found: seen.append(found) or None, NOW)  # type: ignore[func-returns-value]
        return any(seen)

    yield "AccountRegister.add", lambda: None  # adds one of its own, and reads nothing of another's
    yield "AccountRegister.all", register.all
    yield "AccountRegister.public", register.public
    yield "AccountRegister.find", lambda: any(register.find(each.number) for each in known)
    yield "AccountRegister.change", lambda: any(sees(each.number) for each in known)
    yield "AccountRegister.note", lambda: None  # a line of its own log
    yield "AccountRegister.history", register.history
    yield "Drills.add", lambda: drills.add("2026-11", ())
    yield "Drills.all", drills.all
    yield "Drills.answer", lambda: any(drills.answer(each.notice, NOW) for each in store.drills("fernbank").all())
    yield "Summaries.written", lambda: store.summaries(school.id).written("2026-11-23", "dsl")
    yield "Summaries.add", lambda: None  # adds one of its own, and reads nothing of another's
    yield "Places.forget", lambda: places.forget("dsl")
    yield "TipPosts.claim", lambda: None if tips.claim("web", TIP_DAY, "tip-1", NOW) else "not its own"
    reviews, begun_here = store.readiness(school.id), ReviewStep("readiness-begun", DSL_ACTOR, Detail(reference="1"))
    yield "SelfReviews.all", reviews.all
    yield "SelfReviews.change", lambda: reviews.change(lambda kept: begun_here if kept else None, NOW)
    yield "TipQueue.unfinished", lambda: [each for each in queue.unfinished(("web",), LATER) if each.tip != "tip-1"]
    yield "TipQueue.on", lambda: [each for each in queue.on((TIP_DAY,)) if each.tip != "tip-1"]
    yield "TipPosts.posted", lambda: tips.posted(theirs, NOW)
    yield "TipPosts.leave_out", lambda: tips.leave_out(theirs, NOW)
    yield "TipPosts.put_off", lambda: tips.put_off(theirs, NOW)
    yield "TipPosts.expire", lambda: tips.expire(dt.date(2100, 1, 1), NOW)
    yield "TipPosts.since", lambda: [each for each in tips.since(dt.date(2020, 1, 1)) if each.tip != "tip-1"]
    yield "TipPosts.choose", lambda: tips.choose(TipChoice("pin", TIP_DAY, TIP_DAY, "tip-1"), NOW)
    yield "TipPosts.choices", lambda: [each for each in tips.choices() if each.tip != "tip-1"]
    yield "TipPosts.unpin", lambda: tips.unpin(TIP_DAY) != 1
    yield "TipPosts.resume", lambda: tips.resume(TIP_DAY)
    yield "TipPosts.count", lambda: tips.count("tip-1", TIP_DAY, "asked")
    yield "TipPosts.opinions", lambda: [each for each in tips.opinions(TIP_DAY) if each.tip != "tip-1"]
    yield "Restores.all", put_back.all
    yield "Restores.last", put_back.last
    yield "Restores.let_run", lambda: put_back.let_run(DSL_ACTOR, "", LATER)
    yield "Restores.hold", lambda: put_back.hold(DSL_ACTOR, "", LATER, LATER)
    yield "Restores.tell", lambda: None  # only ever given a restore of this school
    required = store.required(school.id)
    ours = store.required("fernbank")
    key = ours.key_for(ours.colleagues()[0].id if ours.colleagues() else "0" * 32, LATER)
    set_there = [each.id for each in ours.texts()]
    yield "Required.colleagues", required.colleagues
    yield "Required.change_staff", lambda: required.change_staff(StaffChange, DSL_ACTOR, "", NOW).colleagues
    yield "Required.texts", required.texts
    yield "Required.set", lambda: None  # sets one of its own, and reads nothing of another's
    yield "Required.end", lambda: any(required.end(each, TIP_DAY, DSL_ACTOR, NOW) for each in set_there)
    yield "Required.progress", required.progress
    yield "Required.take", lambda: None  # begins one of its own, with nothing of another's
    yield "Required.note", lambda: None  # a line of its own log
    yield "Required.forget_before", lambda: required.forget_before(dt.date(2100, 1, 1), NOW)
    yield "Required.key_for", lambda: required.key_for("0" * 32, LATER) == ours.key_for("0" * 32, LATER)
    yield "Required.colleague_of", lambda: required.colleague_of(key, NOW)
    yield "Outbox.add", lambda: outbox.add("fernbank", None, (Step("news", NOW),))
    yield "Outbox.claim", lambda: [each for each in outbox.claim(NOW) if each.school != school.id]
    yield "Outbox.take", lambda: None
    yield "Outbox.lock", lambda: None
    yield "Outbox.sent", lambda: None  # only ever given a notice that this outbox claimed
    yield "Outbox.put_off", lambda: None
    yield "Outbox.end", lambda: None
    yield "Outbox.rungs", lambda: None
    yield "Outbox.wake", lambda: outbox.wake("fernbank", LATER)
    yield "Outbox.find", lambda: any(outbox.find(each.id) for each in store.outbox(("fernbank",)).peek(LATER))
    regain = lambda: outbox.regain([each.id for each in store.outbox(("fernbank",)).peek(LATER)], LATER)  # noqa: E731
    yield "Outbox.regain", regain
    yield "Outbox.peek", lambda: [each for each in outbox.peek(NOW) if each.school != school.id]
    yield "Outbox.renew", lambda: outbox.renew(NOW)
    yield "Outbox.forget_texts", lambda: outbox.forget_texts("fernbank", LATER + dt.timedelta(days=99))
    yield "Outbox.next_due", outbox.next_due
    yield "Outbox.health", lambda: outbox.health(NOW + dt.timedelta(days=9)).waiting


def test_no_part_of_the_store_sees_another_school(either: Store, school: School, elsewhere: School) -> None:
    logged = log(either, school)
    with either.concerns(school.id).work(logged.number, DSL) as case:
        case.file_under("f1", "Zelda Marker")
        case.append("closed", DSL_ACTOR, Detail(text="x", reason="y", due=dt.date(2026, 1, 1)), NOW)
    talk = either.talk(school.id)
    asked = Conversation("friend-ex-pupil", None, {}, None, NOW + dt.timedelta(minutes=9))
    talk.finish_turn("talk", Finished(asked, (NoteGap("q", None, "no-answer"),), "friend-ex-pupil"), NOW)
    either.accounts(school.id).keep(Known(Account("slack", "U1"), "dsl", "Ms Amara Bello", "DSL", False))
    either.places(school.id, "teams").keep(Place("dsl", "Marker’s chat"))
    waiting = either.received(school.id, "slack").take("Ev1", "ours", NOW)
    assert waiting
    tips = either.tips(school.id)
    claimed = tips.claim("web", TIP_DAY, "tip-0", NOW)
    assert claimed
    tips.choose(TipChoice("pin", TIP_DAY, TIP_DAY, "tip-0"), NOW)
    tips.choose(TipChoice("pause", TIP_DAY, None), NOW)
    tips.count("tip-0", TIP_DAY, "asked")
    with either._database.transaction() as connection:
        put_back_at = {"restored_at": 1, "taken_at": 0, "until": 2, "held": False}
        connection.execute(sa.insert(restores).values(school=school.id, **put_back_at))
    either.drills(school.id).add("2026-11", (Step("test", NOW, Recipient("dsl")),))
    either.summaries(school.id).add("2026-11-23", Step("summary", NOW, Recipient("dsl"), text="x"))
    assert either.summaries(school.id).written("2026-11-23", "dsl")
    either.covers(school.id).name(
        Cover("dsl", "deputy-1", dt.date(2026, 9, 1), dt.date(2026, 9, 4)), DSL_ACTOR, lambda _: (), NOW
    )
    draft = Draft("", "friend-ex-pupil", "entries/ai.yaml", False, None, EntryText(), "draft", 1, "dsl", saved_at=NOW)
    either.drafts(school.id).add(draft)
    either.drafts(school.id).remark("friend-pupil", "wrong", TIP_DAY)
    review_itself(either, school, "one")
    either.register(school.id).add("a form", lambda number: asked_for(number, "one"), NOW)
    read_here(either, school)
    before = len(either.audit(school.id).lines())
    for name, call in _calls(either, elsewhere, logged, waiting):
        assert not call() or (call() is True and name == "Talk.conversation"), name
    assert talk.conversation("talk", NOW).entry == "friend-ex-pupil"
    assert len(talk.gaps()) == 1
    assert tips.since(TIP_DAY) == (replace(claimed, owner=""),)
    assert [choice.last for choice in tips.choices()] == [TIP_DAY, None]
    assert tips.opinions(TIP_DAY) == (Opinion("tip-0", 1, 0),)
    assert talk.tallies(dt.date(2020, 1, 1))[0].answered == 1
    assert len(either.audit(school.id).lines()) == before
    assert len(either.inbox(school.id).files(DSL)) == 1
    assert [each.payload for each in either.received(school.id, "slack").left_over(LATER)] == ["ours"]
    required = either.required(school.id)
    assert [each.name for each in required.colleagues()] == ["Ana Listmarker"]
    assert [each.ended_on for each in required.texts()] == [None]
    assert [each.answered for its in required.progress().values() for each in its.values()] == [1]
    put_back = either.restores(school.id).last()
    assert put_back and put_back.looked_at is None and not put_back.held
    assert either.places(school.id, "teams").all() == (Place("dsl", "Marker’s chat"),)
    assert either.places(school.id, "teams-alert").all() == ()
    assert len(either.covers(school.id).all()) == 1
    assert len(either.readiness(school.id).all()) == 1
    assert [each.answered for each in either.drills(school.id).all()] == [False]


def parts_of_a_store() -> dict[str, Callable[[Store], object]]:
    """Every part that is asked for by school, found in the store itself: a new one is walked too."""
    more = {"school": "x", "schools": ("x",), "kind": "teams", "channel": "slack"}
    found = dict[str, Callable[[Store], object]]()
    for name, function in inspect.getmembers(Store, inspect.isfunction):
        asked = list(inspect.signature(function).parameters)[1:]
        if not name.startswith("_") and {"school", "schools"} & set(asked):
            found[name] = partial(_part, name=name, given=[more[each] for each in asked])
    return found


def _part(store: Store, name: str, given: list[object]) -> object:
    return getattr(store, name)(*given)


def test_what_the_store_gives_without_a_school_is_of_no_school() -> None:
    public = {name for name, _ in inspect.getmembers(Store, inspect.isfunction) if not name.startswith("_")}
    assert public - set(parts_of_a_store()) == {
        "close", "for_others", "now", "renew_keys", "renew_seals", "try_a_write",
    }  # fmt: skip


def test_the_walk_over_the_store_leaves_no_public_function_out(store: Store, school: School) -> None:
    walked = {name for name, _ in _calls(store, school, Logged("AAAAA", "", False), Delivered("", "", 1))}
    parts = [part(store) for part in parts_of_a_store().values()]
    public = {
        f"{type(part).__name__}.{name}"
        for part in parts
        for name, function in inspect.getmembers(type(part), inspect.isfunction)
        # Of ConcernTables: inside a transaction of the parts.
        if not name.startswith("_") and function is not getattr(ConcernTables, name, None)
    }
    assert public == walked


def test_a_link_and_a_session_are_of_one_school(either: Store, school: School, elsewhere: School) -> None:
    token = either.sign_in(school.id).make_link("dsl", NOW)
    assert either.sign_in(elsewhere.id).use_link(token, NOW) is None
    session = either.sign_in(school.id).use_link(token, NOW)
    assert session
    assert either.sign_in(elsewhere.id).who(session, NOW) is None
    assert either.sign_in(school.id).who(session, NOW) == "dsl"
