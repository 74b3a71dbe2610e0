"""The outbox, and what chat channels sent: leases, repeats, and two workers."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace

import sqlalchemy as sa

from bot.concerns import Account
from bot.concerns.ladder.escalation import Recipient, Step
from bot.concerns.ladder.retrying import Retry
from bot.knowledge import School
from bot.store import Known, Store
from bot.store.chats.received import Unanswered
from bot.store.schema import notices
from tests.conftest import NOW
from tests.store.made import DSL, log, report_of, rows

# --- the outbox


def test_a_step_is_claimed_by_one_process_until_its_lease_runs_out(either: Store, school: School) -> None:
    log(either, school)
    first, second = either.outbox((school.id,)), either.outbox((school.id,))
    (taken,) = first.claim(NOW)
    assert second.claim(NOW) == ()
    (again,) = second.claim(NOW + dt.timedelta(seconds=31))
    assert (taken.id, taken.repeat, again.repeat) == (again.id, False, True)
    assert not first.sent(taken)
    assert second.sent(again)
    assert second.claim(NOW + dt.timedelta(minutes=2)) == ()


def test_two_processes_at_once_never_take_the_same_step(either: Store, school: School) -> None:
    for number in range(12):
        log(either, school, f"key-{number}", report_of(danger=True))
    taken: list[str] = []
    ready = threading.Barrier(4)

    def work() -> None:
        outbox = either.outbox((school.id,))
        ready.wait()
        while notices := outbox.claim(NOW, limit=2):
            taken.extend(notice.id for notice in notices)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 36


def test_an_address_that_somebody_typed_to_sign_in_is_kept_until_it_was_dealt_with_and_no_longer(
    either: Store, school: School, database: str
) -> None:
    outbox = either.outbox((school.id,))
    for end in (outbox.sent, outbox.end):
        outbox.add(school.id, None, (Step("sign-in", NOW, text="anybody@mail.example"),))
        (asked,) = outbox.claim(NOW)
        assert len(rows(database, notices)) == 1
        assert end(asked)
        assert rows(database, notices) == []
        assert not end(asked), "it is dealt with once"


def test_a_cancelled_step_is_not_tried_again(either: Store, school: School) -> None:
    logged = log(either, school)
    outbox = either.outbox((school.id,))
    (notice,) = outbox.claim(NOW)
    with either.concerns(school.id).work(logged.number, DSL) as case:
        case.stop_ladder()
    assert not outbox.put_off(notice, Retry(0, NOW))
    assert outbox.claim(NOW + dt.timedelta(hours=9)) == ()
    assert notice.recipient == Recipient("dsl")


def test_old_letters_are_taken_in_one_order_by_every_process(store: Store, school: School) -> None:
    outbox, said = store.outbox((school.id,)), list[str]()
    outbox.add(school.id, None, [Step("news", NOW, Recipient("dsl"), text=f"Letter {i}") for i in range(3)])
    for notice in outbox.claim(NOW):
        outbox.end(notice)
    sa.event.listen(store._database.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    assert outbox.forget_texts(school.id, NOW + dt.timedelta(days=30)) == 3
    begun = next(i for i, each in enumerate(said) if each.startswith("UPDATE notices"))
    assert said[begun - 1].startswith("SELECT") and "ORDER BY notices.id" in said[begun - 1]
    assert outbox.forget_texts(school.id, NOW + dt.timedelta(days=30)) == 0


# --- what chat channels sent


def test_a_repeated_delivery_is_one_and_an_unfinished_one_is_taken_over(either: Store, school: School) -> None:
    received = either.received(school.id, "slack")
    taken = received.take("Ev1", "hello", NOW)
    assert taken
    assert received.take("Ev1", "hello", NOW) is None
    assert received.left_over(NOW) == ()
    (again,) = received.left_over(NOW + dt.timedelta(seconds=31))
    assert (again.id, again.payload, again.tries) == (taken.id, "hello", 2)
    received.done(again, NOW)
    assert received.left_over(NOW + dt.timedelta(hours=1)) == ()
    assert received.take("Ev1", "hello", NOW) is None


def test_what_nobody_answered_is_counted_without_its_content(either: Store, school: School) -> None:
    received, later = either.received(school.id, "slack"), NOW + dt.timedelta(minutes=2)
    taken = [received.take(f"Ev{i}", "hello", NOW + dt.timedelta(seconds=i)) for i in range(4)]
    assert received.unanswered(NOW) == Unanswered(0, None)
    assert taken[0] and taken[1] and taken[2]
    received.done(taken[0], NOW)
    received.give_up(taken[1])
    received.give_up(taken[2])
    assert received.unanswered(NOW) == Unanswered(2, NOW + dt.timedelta(seconds=1))
    assert received.unanswered(later) == Unanswered(3, NOW + dt.timedelta(seconds=1)), "nobody took the fourth up"
    assert [each.tries for each in received.left_over(later)] == [2], "what was given up is not tried again"
    assert either.received(school.id, "teams").unanswered(later).count == 0
    last = received.take("EvLast", "hello", NOW + dt.timedelta(days=3))
    assert last
    received.done(last, NOW + dt.timedelta(days=3))
    assert received.unanswered(NOW + dt.timedelta(days=3)).count == 1, "what was given up days ago is forgotten"


def test_what_was_tried_often_does_not_stay_for_ever(either: Store, school: School) -> None:
    received = either.received(school.id, "slack")
    assert received.take("Ev1", "hello", NOW)
    for tries in range(1, 6):
        received.left_over(NOW + tries * dt.timedelta(minutes=1))
    assert received.kept("Ev1") == "hello"
    last = received.take("Ev2", "hello", NOW + dt.timedelta(days=3))
    assert last
    received.done(last, NOW + dt.timedelta(days=3))
    assert received.kept("Ev1") is None


def test_what_is_to_be_forgotten_is_gone_and_nothing_else(either: Store, school: School) -> None:
    drafts, others = either.received(school.id, "slack-draft"), either.received(school.id, "teams-draft")
    for name, minutes in (("one", 0), ("two", 1), ("three", 2)):
        drafts.take(name, name, NOW + dt.timedelta(minutes=minutes))
        others.take(name, name, NOW)
    drafts.forget("one")
    drafts.forget("none")
    assert [drafts.kept(name) for name in ("one", "two", "three")] == [None, "two", "three"]
    assert drafts.forget_older(NOW + dt.timedelta(minutes=2)) == 1
    assert [drafts.kept(name) for name in ("one", "two", "three")] == [None, None, "three"]
    assert others.kept("one") == "one"


def test_an_account_is_who_the_channel_last_said(either: Store, school: School) -> None:
    accounts, account = either.accounts(school.id), Account("slack", "T1:U1")
    assert accounts.who(account) is None
    accounts.keep(Known(account, "", "A Bello", "", False))
    accounts.keep(Known(account, "dsl", "Ms Amara Bello", "DSL", False))
    (found,) = accounts.of("slack", "dsl")
    assert (found.account, found.name) == (account, "Ms Amara Bello")
    assert accounts.of("teams", "dsl") == ()


def test_all_accounts_of_somebody_come_in_the_same_order(either: Store, school: School) -> None:
    accounts = either.accounts(school.id)
    for user in ("T1:U1", "T1:U2", "T1:U3"):
        accounts.keep(Known(Account("slack", user), "dsl", "Ms Amara Bello", "DSL", False, ("a@fernbank.example",)))
    before = accounts.of("slack", "dsl")
    accounts.keep(replace(before[0], role="Lead"))
    assert [each.account for each in accounts.of("slack", "dsl")] == [each.account for each in before]
    assert {each.emails for each in before} == {("a@fernbank.example",)} and len(before) == 3


def test_a_lease_is_kept_by_the_process_that_renews_it(either: Store, school: School) -> None:
    log(either, school)
    first, second = either.outbox((school.id,)), either.outbox((school.id,))
    (taken,) = first.claim(NOW)
    for seconds in (3, 6, 9):
        first.renew(NOW + dt.timedelta(seconds=seconds))
        assert second.claim(NOW + dt.timedelta(seconds=seconds)) == ()
    (again,) = second.claim(NOW + dt.timedelta(seconds=14))
    first.renew(NOW + dt.timedelta(seconds=14))
    assert again.id == taken.id
    assert not first.sent(taken)
    assert second.sent(again)


def test_what_may_have_arrived_is_a_repeat_the_next_time(either: Store, school: School) -> None:
    log(either, school)
    outbox = either.outbox((school.id,))
    (first,) = outbox.claim(NOW)
    outbox.put_off(first, Retry(0, NOW), uncertain=False)
    (second,) = outbox.claim(NOW)
    outbox.put_off(second, Retry(0, NOW), uncertain=True)
    (third,) = outbox.claim(NOW)
    outbox.put_off(third, Retry(0, NOW), uncertain=False)
    (fourth,) = outbox.claim(NOW)
    assert [each.repeat for each in (first, second, third, fourth)] == [False, False, True, True]
