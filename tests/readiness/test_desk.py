"""The review from its beginning to the next one: what is kept, what AskFirst fills in, who may what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.concerns import Actor, Detail, IncompleteError
from bot.knowledge import Knowledge
from bot.readiness import FIELDS, RATINGS, Judged, KnownFact, Rating, current_plan, read_judged
from bot.service.core import Core
from bot.service.readiness.desk import ReadinessDesk
from bot.service.readiness.model import GivenStatement, NoReviewError, NotCompleteError, NotForYouError
from bot.store import Store
from tests.accounts.asking import agreed, asked
from tests.conftest import NOW, SCHOOL
from tests.readiness.reviewing import CHAIR, DSL, HEAD, ONLINE, Reviewing, answer_test_alerts
from tests.required.world import set_up

FIRST, SECOND = "leaders-decide", "lead-named"


@pytest.fixture
def review(knowledge: Knowledge, either: Store) -> Reviewing:
    """A review that is begun, on either database."""
    reviewing = Reviewing(knowledge, either)
    reviewing.desk.begin(SCHOOL, DSL, NOW)
    return reviewing


@pytest.fixture
def here(knowledge: Knowledge, store: Store) -> Reviewing:
    """The same, where one kind of database is enough."""
    reviewing = Reviewing(knowledge, store)
    reviewing.desk.begin(SCHOOL, DSL, NOW)
    return reviewing


def test_the_first_review_of_the_demo_school_is_filled_in_closed_and_the_next_one_has_it_beside(
    review: Reviewing,
) -> None:
    answer_test_alerts(review.store, "dsl", "deputy-1", "head", "chair")
    review.fill_in()
    closed = review.desk.close(SCHOOL, HEAD, review.now)
    assert {part.id: part.score.percent for part in closed.parts} == {
        "people": 80, "policy": 58, "parents": 80, "safety": 75, "pupils": 70,
    }  # fmt: skip
    first, *_, last = closed.plan()
    assert (first.statement.id, first.statement.judged.owner) == ("two-can-get-in", "Mr Joel Asante")
    assert last.statement.judged.due == dt.date(2027, 2, 9)
    assert review.desk.begin(SCHOOL, ONLINE, review.now) == 2
    view = review.desk.view(SCHOOL, ONLINE, review.now)
    assert view.open and view.last == closed
    assert view.open.score.unanswered == 22  # nothing was taken over but what AskFirst knows
    lines = [line.kind for line in review.store.audit(SCHOOL).lines()]
    assert lines == ["readiness-begun", "readiness-judged", "readiness-judged", "readiness-closed", "readiness-begun"]
    assert review.store.audit(SCHOOL).verify(review.now) == ()


def test_two_people_at_once_lose_nothing(review: Reviewing) -> None:
    review.save(DSL, FIRST, rating="yes", evidence="Minutes of September")
    assert review.save(ONLINE, SECOND, rating="yes", evidence="On the sheet").saved == (SECOND,)
    # Both have the page open as it is now. The head changes one statement, the DSL another, and both send the whole.
    number = review.open().number
    before = {
        FIRST: GivenStatement({"rating": "yes", "evidence": "Minutes of September"}, 1),
        SECOND: GivenStatement({"rating": "yes", "evidence": "On the sheet"}, 1),
    }
    heads = {**before, FIRST: GivenStatement({"rating": "partly", "evidence": "No minutes of the PE account"}, 1)}
    dsls = {**before, SECOND: GivenStatement({"rating": "yes", "evidence": "On the sheet and the website"}, 1)}
    assert review.desk.save(SCHOOL, HEAD, number, heads, NOW).saved == (FIRST,)
    assert review.desk.save(SCHOOL, DSL, number, dsls, NOW).saved == (SECOND,)
    found = {name: one.judged for name in (FIRST, SECOND) if (one := review.open().find(name))}
    assert found[FIRST].evidence == "No minutes of the PE account"
    assert found[SECOND].evidence == "On the sheet and the website"
    # And where both changed the same one, the second is shown the first's, and may save theirs over it.
    late = {**before, FIRST: GivenStatement({"rating": "not-yet"}, 1)}
    saved = review.desk.save(SCHOOL, ONLINE, number, late, NOW)
    assert saved.saved == () and not saved.whole
    theirs = saved.clashes[FIRST]
    assert (theirs.by.name, theirs.version, theirs.judged.rating) == ("Mrs Ruth Calder", 2, "partly")
    assert review.save(ONLINE, FIRST, 2, rating="not-yet").saved == (FIRST,)
    [kept] = review.store.readiness(SCHOOL).all()
    assert [each.judged.rating for each in kept.versions[FIRST]] == ["yes", "partly", "not-yet"]


def test_of_two_who_save_the_same_statement_at_one_moment_one_is_told(review: Reviewing) -> None:
    with ThreadPoolExecutor(4) as pool:
        saves = [pool.submit(review.save, who, FIRST, 0, rating="not-yet", plan=who) for who in (DSL, HEAD, ONLINE)]
    found = [each.result() for each in saves]
    assert sorted(len(each.saved) for each in found) == [0, 0, 1]
    [kept] = review.store.readiness(SCHOOL).all()
    [winner] = kept.versions[FIRST]
    assert all(each.clashes[FIRST] == winner for each in found if not each.saved)


def test_one_review_is_open_at_a_time_and_a_closed_one_takes_nothing_more(review: Reviewing) -> None:
    assert [review.desk.begin(SCHOOL, who, NOW) for who in (HEAD, DSL)] == [1, 1]
    review.fill_in()
    closed = review.desk.close(SCHOOL, DSL, NOW)
    for number in (1, 2):
        with pytest.raises(NoReviewError, match="closed meanwhile" if number == 1 else "No review is open"):
            review.desk.save(SCHOOL, DSL, number, {FIRST: GivenStatement({"rating": "yes"}, 1)}, NOW)
    with pytest.raises(NoReviewError, match="No review is open"):
        review.desk.close(SCHOOL, DSL, NOW)
    # It stays as it was, whatever the files and facts say since.
    answer_test_alerts(review.store, "dsl")
    review.file(roles={**review.knowledge.school.roles, "deputy-dsl": ()})
    first, *others = review.knowledge.readiness.parts
    changed = replace(first, title="Otherwise", statements=first.statements[1:])
    review.knowledge = replace(
        review.knowledge, readiness=replace(review.knowledge.readiness, parts=(changed, *others))
    )
    assert review.last() == closed


def test_what_is_not_finished_keeps_it_open_and_is_named(here: Reviewing) -> None:
    here.fill_in(only=DSL)
    here.save(ONLINE, "old-enough", rating="partly")
    with pytest.raises(NotCompleteError, match="15 statements are not finished") as fault:
        here.desk.close(SCHOOL, DSL, NOW)
    missing = dict(fault.value.missing)
    assert missing["parents-asked"] == "Nobody has answered this yet."
    assert missing["old-enough"] == missing["policy-in-force"] == "Say who does something about it, and by which day."
    assert here.open().closed_at is None


def test_what_askfirst_knows_is_filled_in_with_its_day_and_somebody_may_see_it_otherwise(here: Reviewing) -> None:
    named = here.open().find("dsl-named")
    assert named and named.fact and named.by_askfirst and named.rating == "yes"
    assert (named.fact.on, named.fact.look) == (NOW.date(), "askfirst doctor, on the server")
    refused = here.save(DSL, "dsl-named", rating="partly")
    assert refused.problems == {"dsl-named": {"differs": "Say why you see it otherwise than AskFirst."}}
    here.save(DSL, "dsl-named", rating="partly", differs="Nobody is there on Friday afternoons.")
    found = here.open().find("dsl-named")
    assert found and found.fact == named.fact and not found.by_askfirst
    assert (found.rating, found.judged.differs) == ("partly", "Nobody is there on Friday afternoons.")
    # Whoever takes that back leaves it to AskFirst again, and a reason without a difference is not kept.
    here.save(DSL, "dsl-named", 1, rating="", differs="Nobody is there on Friday afternoons.")
    left = here.open().find("dsl-named")
    assert left and left.by_askfirst and left.judged.differs == ""


def test_whoever_did_not_touch_a_statement_has_nothing_to_put_right_when_a_fact_changes(here: Reviewing) -> None:
    here.save(DSL, "dsl-named", rating="yes")
    here.file(roles={**here.knowledge.school.roles, "deputy-dsl": ()})
    saved = here.save(HEAD, "dsl-named", 1, rating="yes")
    assert saved.whole and saved.saved == ()
    assert not here.save(HEAD, "dsl-named", 1, rating="yes", evidence="There is one.").whole


@pytest.mark.parametrize(
    ("statement", "rating", "said"),
    [
        ("dsl-named", "partly", "Ms Amara Bello is named; nobody holds the role deputy-dsl"),
        ("alerts-arrive", "partly", "1 of 5 people answered the test alert of 2 November 2026; nothing was heard from"),
        ("policy-in-force", "partly", "The words of the policy are approved, and its documents were not built yet"),
        ("answers-current", "yes", "215 of 215 answers are approved, and none is overdue to be read again"),
        ("reminded", "not-yet", "No channel gets a tip"),
    ],
)
def test_each_fact_says_how_things_are(here: Reviewing, statement: str, rating: str, said: str) -> None:
    answer_test_alerts(here.store, "dsl")
    school = here.knowledge.school
    if statement != "alerts-arrive":
        here.file(roles={**school.roles, "deputy-dsl": ()}, tips=replace(school.tips, channels=()))
    found = here.open().find(statement)
    assert found and found.fact
    assert found.fact.rating == rating and said in found.fact.said


@pytest.mark.parametrize(
    ("day", "said"),
    [(dt.date(2027, 2, 1), "; none was sent since"), (NOW.date(), "; Mr Ben Ferreira got none yet")],
)
def test_a_test_alert_that_is_old_or_left_somebody_out_is_not_the_whole_of_it(
    here: Reviewing, day: dt.date, said: str
) -> None:
    answer_test_alerts(here.store, "dsl", "deputy-1", "deputy-2", "head", "chair")
    found = here.open().find("alerts-arrive")
    assert found and found.rating == "yes"
    if day == NOW.date():
        roles = here.knowledge.school.roles
        here.file(roles={**roles, "deputy-dsl": (*roles["deputy-dsl"], "online")})
    here.now = dt.datetime.combine(day, dt.time(10), dt.UTC)
    found = here.open().find("alerts-arrive")
    assert found and found.fact and (found.rating, said in found.fact.said) == ("partly", True)


def test_the_register_and_required_reading_say_what_they_hold_and_no_more_than_they_know(core: Core) -> None:
    core.readiness.begin(SCHOOL, DSL, NOW)

    def fact(statement: str) -> tuple[str, str]:
        open_ = core.readiness.view(SCHOOL, DSL, NOW).open
        found = open_.find(statement) if open_ else None
        return (found.fact.rating, found.fact.said) if found and found.fact else ("", "")

    assert (fact("uses-assessed"), fact("staff-trained")) == (("", ""), ("", ""))
    asked(core.accounts, NOW, name="Drama")
    assert fact("uses-assessed")[0] == "not-yet"
    agreed(core.accounts)
    rating, said = fact("uses-assessed")
    assert rating == "partly" and "1 agreed, 1 waiting for a decision and 0 due" in said
    set_up(core, "summary:culture")
    assert fact("staff-trained")[0] == "not-yet"
    colleague = core.required.colleagues()[0]
    ((text, _),) = core.required.mine(colleague)
    rights = {each.right for each in core.base().knowledge.checks}
    while (view := core.required.take(colleague, f"required open {text.id}", "link", NOW)).kind != "done":
        right = next((each for each in view.choices if each.label in rights), view.choices[0])
        core.required.take(colleague, right.value, "link", NOW)
    rating, said = fact("staff-trained")
    assert rating == "partly" and "was read by 1 of 3; who came to a training is not known here" in said


def test_a_pdf_holds_nobody_up_while_facts_are_gathered(here: Reviewing) -> None:
    class Slow:
        def facts(self, _: Knowledge, now: dt.datetime) -> Iterator[KnownFact]:
            here.store.audit(SCHOOL).note("in-terminal", Actor("", "somebody else"), Detail(), now)
            yield from ()

    desk = ReadinessDesk(lambda: {SCHOOL: here.knowledge}, here.store, (Slow(),))
    assert desk.take_out(SCHOOL, DSL, 1, NOW)[0].number == 1


def test_another_part_of_askfirst_can_say_what_it_knows(here: Reviewing) -> None:
    fact = KnownFact("accounts-reviewed", "partly", "4 of 5 accounts were reviewed", NOW.date(), "Accounts")
    before = here.open().find("uses-assessed")
    here.elsewhere.known.append(fact)
    after = here.open().find("uses-assessed")
    assert before and after and (before.rating, after.rating, after.fact) == (None, "partly", fact)


def test_a_thing_that_was_done_leaves_the_plan_and_what_is_judged_anew_takes_its_place(here: Reviewing) -> None:
    here.fill_in()
    here.desk.close(SCHOOL, DSL, NOW)
    here.desk.done(SCHOOL, ONLINE, 1, "two-can-get-in", "Mrs Calder has a way in of her own.", NOW)
    here.desk.done(SCHOOL, ONLINE, 1, "two-can-get-in", "Pressed twice.", NOW)
    here.desk.begin(SCHOOL, DSL, NOW)
    here.save(DSL, "learned-together", rating="yes", evidence="The evening was on 9 February.")
    here.save(DSL, "parents-asked", rating="not-yet", owner="Ms Amara Bello", due="2027-05-01")
    plan = {line.statement.id: line for line in here.desk.plan(SCHOOL, NOW)}
    assert "learned-together" not in plan
    assert (plan["parents-asked"].review, plan["staff-trained"].review) == (2, 1)
    done = plan["two-can-get-in"].done
    assert done and (done.by.name, done.how) == ("Mr Ben Ferreira", "Mrs Calder has a way in of her own.")
    assert [line.done for line in here.desk.plan(SCHOOL, NOW)][-1] == done
    assert here.last().score == current_score(here)
    with pytest.raises(IncompleteError, match="how"):
        here.desk.done(SCHOOL, ONLINE, 1, "staff-trained", "Pupil Zelda Marker helped.", NOW)
    with pytest.raises(NoReviewError):
        here.desk.done(SCHOOL, ONLINE, 1, "old-enough", "It holds already.", NOW)


def current_score(here: Reviewing) -> object:
    """As it was when it was closed: what is done since changes no rating."""
    [kept, *_] = here.store.readiness(SCHOOL).all()
    assert current_plan(None, kept.review)
    return kept.review.score


@pytest.mark.parametrize("who", ["dsl", "deputy-1", "head", "online", "chair", "office", "it-support", "nobody"])
def test_whoever_has_the_part_answers_governors_get_closed_ones_as_pdf_and_nobody_else_anything(
    here: Reviewing, who: str
) -> None:
    answering = who in ("dsl", "deputy-1", "head", "online")
    statement = {FIRST: GivenStatement({"rating": "not-yet"}, 0)}
    calls = (
        lambda: here.desk.begin(SCHOOL, who, NOW),
        lambda: here.desk.save(SCHOOL, who, 1, statement, NOW),
        lambda: here.desk.done(SCHOOL, who, 1, FIRST, "Done", NOW),
        lambda: here.desk.close(SCHOOL, who, NOW),
    )
    for call in calls:
        try:
            call()
        except NotForYouError:
            assert not answering
        except (NoReviewError, NotCompleteError):
            assert answering
        else:
            assert answering
    if who not in ("dsl", "deputy-1", "head", "online", "chair"):
        with pytest.raises(NotForYouError):
            here.desk.view(SCHOOL, who, NOW)
        return
    view = here.desk.view(SCHOOL, who, NOW)
    assert (view.answers, view.open is not None) == (answering, answering)
    if who == CHAIR:
        with pytest.raises(NoReviewError, match="There is no such review"):
            here.desk.take_out(SCHOOL, who, 1, NOW)
    here.fill_in(only=ONLINE)
    assert "readiness-printed" not in here.kinds()
    if answering:
        assert here.desk.take_out(SCHOOL, who, 1, NOW)[0].number == 1
        assert here.kinds()[-1] == "readiness-printed"


# --- whatever is put in

FACTS: tuple[Rating | None, ...] = (None, *RATINGS)
TYPED = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["yes", "partly", "not-yet", "2027-01-15", "2020-01-01", "Mr Ben Ferreira", "Ms Patel’s class", ""]
    ),
)


@given(fields=st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, TYPED)), fact=st.sampled_from(FACTS))
@settings(max_examples=60, deadline=None)
def test_whatever_is_put_in_is_kept_as_it_was_typed_or_refused_by_field(
    fields: dict[str, str], fact: Rating | None
) -> None:
    known = KnownFact("tips-on", fact, "x", NOW.date(), "x") if fact else None
    try:
        judged = read_judged(fields, known, ["Mr Ben Ferreira"], NOW.date(), Judged())
    except IncompleteError as fault:
        assert fault.problems and set(fault.problems) <= set(FIELDS)
        return
    typed = {name: fields.get(name, "").strip() for name in FIELDS}
    assert {name: getattr(judged, name) for name in ("evidence", "plan", "owner")} == {
        name: typed[name] for name in ("evidence", "plan", "owner")
    }
    assert (judged.rating or "") == typed["rating"]
    assert (judged.due is None) == (typed["due"] == "")
    differing = bool(judged.rating and fact and judged.rating != fact)
    assert bool(judged.differs) == differing
    if fact is None and judged.rating is None:
        assert judged == Judged()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Pupil Zelda Marker showed the film.", True),
        ("Zelda told me about the post.", True),
        ("Ring her mother on 07700 900123.", True),
        ("Ellie Jones in Year 8 was photographed.", True),
        ("Minutes; Jayden (8B) complained.", True),
        ("Mohammed Khan 9C wrote it.", True),
        ("Ellie Jones's mother complained.", True),
        ("Google Classroom in Year 8 was switched on, and the parents of St Mary’s were told.", False),
        ("St Mary’s parents were asked; Form 8B made the film.", False),
        ("Priya Shah, Year 8 tutor, and Mr Ben Ferreira in Year 8 looked.", False),
        ("Ms Patel’s class made the film.", False),
        ("Mr Ben Ferreira looks each Monday.", False),
        ("Year 6 made a film, and 211 families answered.", False),
    ],
)
def test_a_child_is_not_named_in_what_governors_read(text: str, named: bool) -> None:
    fields = {"rating": "yes", "evidence": text}
    if not named:
        assert read_judged(fields, None, ["Mr Ben Ferreira"], NOW.date(), Judged()).evidence == text
        return
    with pytest.raises(IncompleteError) as fault:
        read_judged(fields, None, ["Mr Ben Ferreira"], NOW.date(), Judged())
    assert "names no child" in fault.value.problems["evidence"]


def test_a_day_that_has_passed_meanwhile_need_not_be_changed_with_the_rest() -> None:
    fields = {"rating": "not-yet", "due": "2026-11-20", "plan": "x"}
    before = Judged("not-yet", due=dt.date(2026, 11, 20))
    assert read_judged(fields, None, (), NOW.date(), before).due == before.due
    with pytest.raises(IncompleteError, match="due"):
        read_judged(fields, None, (), NOW.date(), Judged())
