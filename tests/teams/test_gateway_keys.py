"""Keys and tokens: each is fetched once, beside everything else, and again when it must be.

botbuilder makes an application and fetches a token at every turn, and reads the keys while everything waits, without an
end; a key that it does not know breaks it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from typing import Any

import jwt
import pytest

from adapters.teams import keys
from adapters.teams.faults import TeamsError
from adapters.teams.keys import KeysUnavailableError, SigningKeys, UnknownKeyError
from adapters.teams.tokens import Tokens as OwnTokens
from bot.settings import Teams as TeamsSettings
from tests.teams import tokens
from tests.teams.entra import SECRET, Entra
from tests.teams.school import TOKEN, AtSchool
from tests.teams.test_gateway import EX_PUPIL, question, status, work
from tests.teams.tokens import key_set
from tests.teams.world import APP_ID, TENANT

SETTINGS = TeamsSettings(APP_ID, SECRET, TENANT)


async def test_one_token_serves_every_answer_and_one_every_letter(fernbank: AtSchool) -> None:
    await fernbank.everybody("teacher", "dsl")
    for _ in range(3):
        await fernbank["teacher"].says(EX_PUPIL)
        await fernbank.settled()
    assert fernbank.entra.asked == 1
    fernbank.log("one")
    fernbank.log("two")
    await fernbank.sends()
    assert len(fernbank.teams.calls_to("send")) >= 7
    assert fernbank.entra.asked == 2, "the loop that sends letters may be a process of its own, with its own token"


class _Threads(Entra):
    """Notes which threads wait for it."""

    def __init__(self) -> None:
        super().__init__(TOKEN)
        self.waited: set[threading.Thread] = set()
        self.tried = 0

    def _reach(self) -> None:
        self.waited.add(threading.current_thread())
        self.tried += 1
        super()._reach()


class _Held(_Threads):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.free = threading.Event()
        self.free.set()

    def _reach(self) -> None:
        super()._reach()
        self.free.wait(5)


class _Moved:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


async def test_a_token_is_fetched_once_for_all_and_never_on_the_event_loop() -> None:
    entra = _Threads()
    own = OwnTokens(SETTINGS, entra)
    assert set(await asyncio.gather(*(own.current() for _ in range(20)))) == {TOKEN}
    assert entra.asked == 1
    assert threading.main_thread() not in entra.waited


async def test_a_new_token_is_fetched_shortly_before_the_old_one_ends() -> None:
    entra, clock = Entra(TOKEN, lasts=3600), _Moved()
    own = OwnTokens(SETTINGS, entra, clock)
    await own.current()
    clock.seconds += 3200
    await own.current()
    assert entra.asked == 1
    clock.seconds += 200
    await own.current()
    assert entra.asked == 2


async def test_while_the_sign_in_is_down_the_old_token_goes_on_until_it_ends() -> None:
    entra, clock = Entra(TOKEN, lasts=3600), _Moved()
    own = OwnTokens(SETTINGS, entra, clock)
    await own.current()
    entra.down = True
    clock.seconds += 3400
    assert await own.current() == TOKEN
    clock.seconds += 300
    with pytest.raises(TeamsError, match="sign-in cannot be reached"):
        await own.current()
    entra.down = False
    clock.seconds += 5
    assert await own.current() == TOKEN


async def test_only_one_waits_for_a_new_token_while_the_old_one_holds() -> None:
    entra, clock = _Held(), _Moved()
    own = OwnTokens(SETTINGS, entra, clock)
    await own.current()
    entra.free.clear()
    clock.seconds += 3400
    waiting = asyncio.create_task(own.current())
    try:
        while entra.tried < 3:
            await asyncio.sleep(0.001)
        assert await asyncio.wait_for(own.current(), 1) == TOKEN
        assert not waiting.done()
    finally:
        entra.free.set()
    assert await waiting == TOKEN


async def test_many_who_wait_for_a_sign_in_that_is_down_hear_so_together() -> None:
    entra = _Threads()
    entra.down = True
    own = OwnTokens(SETTINGS, entra)
    answers = await asyncio.gather(*(own.current() for _ in range(20)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {TeamsError}
    assert entra.tried == 1


async def test_an_outage_of_microsofts_sign_in_can_be_tried_again() -> None:
    entra = Entra(TOKEN)
    entra.outage = True
    with pytest.raises(TeamsError, match="cannot be reached") as refused:
        await OwnTokens(SETTINGS, entra).current()
    assert not refused.value.for_good


async def test_a_wrong_secret_is_said_so_and_not_tried_again() -> None:
    own = OwnTokens(TeamsSettings(APP_ID, "another secret", TENANT), Entra(TOKEN))
    with pytest.raises(TeamsError, match=r"refused the app \(invalid_client\). Check TEAMS_APP_PASSWORD") as refused:
        await own.current()
    assert refused.value.for_good


async def test_a_token_that_teams_no_longer_takes_is_fetched_anew(fernbank: AtSchool) -> None:
    await fernbank.everybody("teacher")
    fernbank.teams.desk.token = fernbank.entra.token = "another-token"
    await fernbank["teacher"].says(EX_PUPIL)
    await fernbank["teacher"].reads("Rests on:")
    assert fernbank.entra.asked == 2
    fernbank.teams.expected("without the token of the app")


class _Documents:
    """Microsoft's two documents, and how often the second was asked for."""

    def __init__(self, *names: str) -> None:
        self.names, self.asked, self.keys = names, 0, list[Any]()
        self.down, self.hanging = False, asyncio.Event()
        self.hanging.set()

    async def __call__(self, address: str) -> Mapping[str, Any]:
        if not address.endswith("/keys"):
            return {"jwks_uri": "https://login.example/keys"}
        self.asked += 1
        await self.hanging.wait()
        if self.down:
            raise TimeoutError
        return {"keys": [*self.keys, *({**key_set()["keys"][0], "kid": name} for name in self.names)]}


async def test_the_keys_are_fetched_once(fernbank: AtSchool) -> None:
    await fernbank.everybody("teacher", "colleague")
    await fernbank["teacher"].says(EX_PUPIL)
    await fernbank["teacher"].uses_compose_action()
    assert fernbank.teams.key_fetches == 1


async def test_after_a_change_of_keys_teams_is_let_in_within_a_minute() -> None:
    documents, clock = _Documents("old"), _Moved()
    signing = SigningKeys("https://login.example", documents, clock)
    await signing.get("old")
    documents.names = ("old", "new")
    clock.seconds += 61
    assert (await signing.get("new")).endorsements == ("msteams",)
    assert documents.asked == 2


async def test_the_keys_are_read_again_after_a_day_and_a_withdrawn_one_is_out() -> None:
    documents, clock = _Documents("old"), _Moved()
    signing = SigningKeys("https://login.example", documents, clock)
    await signing.get("old")
    documents.names = ("new",)
    clock.seconds += 86_401
    with pytest.raises(UnknownKeyError):
        await signing.get("old")


async def test_invented_key_ids_do_not_send_us_to_microsoft_each_time(fernbank: AtSchool) -> None:
    assert await status(fernbank.teams, question(fernbank.teams)) == 200
    for number in range(20):
        sender = jwt.encode(
            {"iss": tokens.ISSUER},
            tokens.private_key("somebody else's"),
            "RS256",
            headers={"kid": f"invented-{number}"},
        )
        assert await status(fernbank.teams, question(fernbank.teams), f"Bearer {sender}") == 401
    assert fernbank.teams.key_fetches == 1


async def test_while_the_keys_cannot_be_fetched_nobody_is_let_in(
    fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_SOON", 0.0)
    fernbank.teams.faults.no_keys = True
    assert await status(fernbank.teams, question(fernbank.teams)) == 503
    assert await status(fernbank.teams, question(fernbank.teams), f"Bearer {fernbank.teams.tokens.wrong_key()}") == 503
    assert work(fernbank) == 0
    fernbank.teams.faults.no_keys = False
    assert await status(fernbank.teams, question(fernbank.teams)) == 200


async def test_kept_keys_go_on_while_new_ones_cannot_be_fetched() -> None:
    documents, clock = _Documents("old"), _Moved()
    signing = SigningKeys("https://login.example", documents, clock)
    await signing.get("old")
    documents.down = True
    for _ in range(3):
        clock.seconds += 86_401
        await signing.get("old")
    with pytest.raises(KeysUnavailableError):
        await signing.get("perhaps new, perhaps forged")
    documents.down = False
    clock.seconds += 61
    with pytest.raises(UnknownKeyError):
        await signing.get("perhaps new, perhaps forged")


async def test_known_keys_do_not_wait_while_an_unknown_one_is_looked_for() -> None:
    documents, clock = _Documents("known"), _Moved()
    signing = SigningKeys("https://login.example", documents, clock)
    await signing.get("known")
    documents.hanging.clear()
    clock.seconds += 61
    looking = asyncio.create_task(signing.get("unknown"))
    while documents.asked < 2:
        await asyncio.sleep(0)
    assert await signing.get("known")
    assert not looking.done()
    documents.hanging.set()
    with pytest.raises(UnknownKeyError):
        await looking


async def test_keys_that_never_come_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_PATIENCE", 0.05)
    documents = _Documents("known")
    documents.hanging.clear()
    signing = SigningKeys("https://login.example", documents)
    answers = await asyncio.gather(*(signing.get("known") for _ in range(20)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {KeysUnavailableError}
    assert documents.asked == 1


@pytest.mark.parametrize("odd", [None, "text", [], {}, {"kid": [], "kty": "RSA"}, {"kid": "odd", "kty": "EC"}])
async def test_a_key_that_cannot_be_read_spoils_nothing_but_itself(odd: object) -> None:
    documents = _Documents("known")
    documents.keys = [odd]
    assert await SigningKeys("https://login.example", documents).get("known")
    documents.names = ()
    with pytest.raises(KeysUnavailableError):
        await SigningKeys("https://login.example", documents).get("known")
