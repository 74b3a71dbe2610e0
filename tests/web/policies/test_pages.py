"""The school's own policies over real HTTP: put in, held back, looked over, held against the answers, and compared with
their next edition; what is refused, and that nothing is kept of it."""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.documents.reading.limits import MEGABYTE, MOST_PAGES
from adapters.web.policies import putting_in
from bot.knowledge import load
from bot.knowledge.policies.own import OwnDocument
from bot.messages import Message
from bot.presses import PickEntry
from bot.service.policy_reading.near import ClauseAndNear
from bot.store import StoreError
from bot.store.proving.audit import Audit
from tests.conftest import SCHOOL
from tests.inboxing import Visitor, World
from tests.policies import making
from tests.policies.test_doors import BOMB, ENTITY, pages, with_a_scan
from tests.policies.test_packs import renew
from tests.web.answers.conftest import Files
from tests.web.answers.test_pages import words
from tests.web.policies.putting import PUT_IN, ROOT, read, send, take_in

HOME = f"{ROOT}/own/social-media"
NAMED = making.MARKDOWN.replace(making.LAST, f"{making.LAST} Ask Jane Whittle (mobile 07700 900123).")
RECORD = making.MARKDOWN.replace(making.LAST, "Date of birth: 12 March 2015. UPN: A123456789012.")
NEXT = making.MARKDOWN.replace(making.ITEMS[0], "keep pupils and their parents off their own accounts;")


async def put_in(world: World, person: str = "dsl") -> Visitor:
    visitor = await world.signed_in(person)
    done = await take_in(visitor, await read(visitor, "social-media.md", making.MARKDOWN.encode()))
    assert (done.status, done.to) == (303, f"{HOME}?done=taken-in")
    return visitor


def own(files: Files) -> OwnDocument:
    files.refresh()
    return files.base.knowledge.own["social-media"]


async def test_a_document_is_looked_at_taken_in_and_marked(world: World, files: Files) -> None:
    visitor = await world.signed_in("online")  # an author
    assert "None yet." in words(await visitor.get(ROOT))
    looked = await read(visitor, "social-media.md", making.MARKDOWN.encode())
    assert (looked.status, "7 clauses" in words(looked)) == (200, True)
    assert all(text in words(looked) for text, _ in making.CLAUSES)
    assert not files.folder.joinpath("policies/own").exists(), "nothing is kept before somebody has looked at it"
    done = await take_in(visitor, looked, title="Social media policy", edition="4")
    page = await visitor.get(done.to)
    assert "It is taken in." in words(page) and "Edition 4" in words(page)
    assert "Nobody has looked it over yet" in words(page)
    marks = {f"force-social-media-0{number}": "" for number in range(1, 8)}
    marks |= {"force-social-media-02": "must-not", "force-social-media-01": "leave-out"}
    form = {"edition": own(files).digest, "show": "", "from": "0"}
    assert (await visitor.post(HOME, **form, **marks, all="must")).status == 303
    marked = [each.force or each.left_out for each in own(files).clauses]
    assert marked == [True, "must-not", *["must"] * 5]
    assert "Looked over" in words(await visitor.get(ROOT))
    assert [each.remark for each in world.store.audit(SCHOOL).lines() if each.kind == "policy-taken-in"] == [
        f"social-media, document {own(files).digest[:12]}"
    ]
    again = await read(visitor, "copy.md", making.MARKDOWN.encode())
    assert "This very file is in already" in words(again) and "carried" not in again.text


@pytest.mark.parametrize(
    ("text", "person", "allowed"),
    [(NAMED, "online", False), (NAMED, "deputy-1", True), (RECORD, "deputy-1", False), (RECORD, "head", True)],
)
async def test_what_tells_of_private_persons_waits_for_somebody_who_may_say_why_it_is_used(
    world: World, files: Files, text: str, person: str, allowed: bool
) -> None:  # fmt: skip
    visitor = await world.signed_in(person)
    looked = await read(visitor, "social-media.md", text.encode())
    said = words(looked)
    assert "Held back: it may tell of private persons" in said
    assert ("07700 900123" in said) == (text == NAMED) and ("record about a child" in said) == (text == RECORD)
    assert ("carried" in looked.text) == allowed
    if not allowed:
        assert "Ms Amara Bello" in said and "can say why. Give them the file." in said
        return
    refused = await take_in(visitor, looked, because="so")
    assert (refused.status, "Say in a sentence why it may be used" in words(refused)) == (400, True)
    assert not files.folder.joinpath("policies/own").exists()
    done = await take_in(visitor, refused, because="She runs our office line, and agreed to it.")
    assert done.status == 303
    let_in = own(files).let_in
    role = {"deputy-1": "deputy-dsl"}.get(person, person)
    assert let_in and (let_in.because, let_in.role) == ("She runs our office line, and agreed to it.", role)
    assert "policy-let-in" in [each.kind for each in world.store.audit(SCHOOL).lines()]
    assert "She runs our office line" in words(await visitor.get(HOME))


async def test_a_clause_is_split_joined_ticked_and_begins_an_answer(world: World, files: Files) -> None:
    visitor = await put_in(world)
    one = f"{HOME}/clauses/social-media-03"
    page = await visitor.get(one)
    assert making.ITEMS[1] in words(page) and "Say first how strongly it puts its rule" in words(page)
    wrong = await visitor.post(one, action="split", begins="not in it")
    assert wrong.status == 400 and 'value="not in it"' in wrong.text and "Copy a few words" in words(wrong)
    assert (await visitor.post(one, action="split", begins="a picture of a pupil")).status == 303
    assert own(files).clause("social-media-08")
    assert (await visitor.post(one, action="join")).status == 303
    assert [each.own_text for each in own(files).clauses if not each.gone] == [text for text, _ in making.CLAUSES]
    first = f"{HOME}/clauses/social-media-01"
    assert (await visitor.post(first, action="join")).status == 303
    elsewhere = await visitor.post(first, action="split", begins="everybody who works")
    assert (elsewhere.status, "Cut it first where that was done: before “Staff must" in words(elsewhere)) == (400, True)
    assert (await visitor.post(first, action="split", begins="Staff must")).status == 303
    nothing = await visitor.post(one, action="mark", edition=own(files).digest, force="")
    assert (nothing.status, "Pick how strongly" in words(nothing)) == (400, True)
    marked = await visitor.post(one, action="mark", edition=own(files).digest, force="must")
    assert marked.to == f"{HOME}/clauses/social-media-04?done=marked", "the next one that nobody has looked over"
    clause = own(files).clause("social-media-03")
    assert clause
    ticked = {"action": "tick", "entry": "photo-consent", "agrees": "no", "words": clause.words}
    assert (await visitor.post(one, **{**ticked, "words": "older"})).status == 409
    assert (await visitor.post(one, **ticked)).status == 303
    assert "They do not agree" in words(await visitor.get(one))
    held = words(await visitor.get(f"{HOME}/near"))
    assert held.index("They do not agree (1)") < held.index("Nobody has said yet")
    assert "1 answer does not agree with it" in words(await visitor.get(ROOT))
    assert (await visitor.post(one, **{**ticked, "agrees": "unrelated"})).status == 303
    assert "Nothing to do with each other (1)" in words(await visitor.get(f"{HOME}/near"))
    assert "not agree with it" not in words(await visitor.get(ROOT))
    begun = await visitor.post("/inbox/answers/new", action="look", text="", clause="social-media-03", file="")
    assert "This may be answered already" in words(begun)


async def test_whether_the_two_agree_is_said_by_somebody_who_may_approve_answers(world: World, files: Files) -> None:
    school = files.folder / "school.yaml"
    text = school.read_text("utf-8").replace("  online-safety-lead: [online]\n", "")
    school.write_text(
        text.replace("  approver: [online] ", "  # ").replace("author: [deputy-2]", "author: [online]"), "utf-8"
    )
    files.refresh()
    await put_in(world)
    author, one = await world.signed_in("online"), f"{HOME}/clauses/social-media-03"
    page = await author.get(one)
    assert "Somebody who may approve answers says whether they agree." in words(page)
    tick = {"action": "tick", "entry": "photo-consent", "agrees": "yes", "words": "x"}
    assert (await author.post(one, **tick)).status == 409


async def test_a_new_edition_is_confirmed_and_what_rests_on_it_is_read_again(world: World, files: Files) -> None:
    visitor = await put_in(world)
    name, clause = "friend-ex-pupil", own(files).clause("social-media-02")
    assert clause
    tick = {"action": "tick", "entry": name, "agrees": "yes", "words": clause.words}
    await visitor.post(f"{HOME}/clauses/social-media-02", **tick)
    renamed = NEXT.replace("# Social media policy", "# Fernbank Community Pre-school")
    looked = await read(visitor, "next.md", renamed.encode(), of="social-media")
    assert renamed != NEXT and 'name="title" type="text" value="Social media policy"' in looked.text
    looked = await read(visitor, "next.md", NEXT.encode(), of="social-media")
    said = words(looked)
    assert "1 changed" in said and "6 the same" in said
    assert "Put in: and their parents" in said and "Connecting with ex-pupils online" in said
    assert own(files).digest != "" and not own(files).former, "nothing is kept before somebody confirms it"
    done = await take_in(visitor, looked)
    assert (done.status, done.to) == (303, f"{HOME}/changes?done=edition")
    page = words(await visitor.get(done.to))
    assert "Answers to be read again (1)" in page and "Put in: and their parents" in page
    answer = world.core.assistant.handle(Message("", "teacher", PickEntry(name)), world.now).answer
    assert answer and answer.read_again == "The policy has changed. This answer is being read again."
    assert "1 answer is being read again" in words(await visitor.get(ROOT))
    waiting = await visitor.get(f"/inbox/answers/waiting/file:{name}")
    front = words(await visitor.get("/inbox/answers"))
    for said in (words(waiting), front):
        assert "The policy that it rests on changed on 23 November 2026." in said
    assert "nobody here has approved them" not in front
    at_answer = await visitor.get(f"/inbox/answers/entries/{name}")
    at_clause = words(await visitor.get(f"{HOME}/clauses/social-media-02"))
    assert "Changed since somebody said so: say it again" in at_clause
    assert "Ms Amara Bello said on 23 November 2026 that they agree. One of the two has other words now." in at_clause
    for page_of_it in (waiting, at_answer):
        assert "keep pupils Put in: and their parents" in words(page_of_it)
        assert f'href="{HOME}/clauses/social-media-02"' in page_of_it.text
    assert "Ms Amara Bello said on 23 November 2026: they agree" in words(at_answer)
    assert "The words of one of the two have changed since." in words(at_answer)
    [digest] = re.findall(r'name="digest" value="([^"]+)"', waiting.text)
    ticks = dict.fromkeys(re.findall(r'name="(tick-\d+)"', waiting.text), "yes")
    [by] = re.findall(r'name="review_by" type="date" value="([^"]+)"', waiting.text)
    approve = {"action": "approve", "digest": digest, "review_by": by, **ticks}
    assert (await visitor.post(f"/inbox/answers/waiting/file:{name}", **approve)).status == 303
    assert "Answers to be read again (0)" in words(await visitor.get(f"{HOME}/changes"))
    answer = world.core.assistant.handle(Message("", "teacher", PickEntry(name)), world.now).answer
    assert answer and not answer.read_again


async def test_an_answer_that_rests_on_what_changed_is_taken_out_of_use_at_once(world: World, files: Files) -> None:
    visitor = await put_in(world)
    clause = own(files).clause("social-media-02")
    assert clause
    tick = {"action": "tick", "entry": "friend-ex-pupil", "agrees": "yes", "words": clause.words}
    await visitor.post(f"{HOME}/clauses/social-media-02", **tick)
    await take_in(visitor, await read(visitor, "next.md", NEXT.encode(), of="social-media"))
    assert (await visitor.post(f"{HOME}/changes", action="withhold")).status == 400
    assert (await visitor.post(f"{HOME}/changes", action="withhold", **{"entry-0": "photo-consent"})).status == 400
    assert (await visitor.post(f"{HOME}/changes", action="withhold", **{"entry-0": "friend-ex-pupil"})).status == 303
    assert files.base.knowledge.entries["friend-ex-pupil"].withheld


async def test_an_edition_that_was_compared_with_what_somebody_changed_since_is_not_taken_in(
    world: World, files: Files
) -> None:  # fmt: skip
    visitor = await put_in(world)
    looked = await read(visitor, "next.md", NEXT.encode(), of="social-media")
    one = f"{HOME}/clauses/social-media-03"
    await visitor.post(one, action="mark", edition=own(files).digest, force="must")
    refused = await take_in(visitor, looked)
    assert (refused.status, "Look at the differences anew" in words(refused)) == (409, True)
    assert not own(files).former


async def test_nothing_is_kept_while_no_line_can_be_written_into_the_log(
    world: World, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    shipped = tmp_path / "shipped"
    shutil.copytree(files.folder / "policies", shipped / "policies")
    renew(shipped)
    workshop = replace(files.workshop, shipped=shipped)
    world.core.policies._workshops = lambda _: workshop
    visitor = await world.signed_in("dsl")
    looked = await read(visitor, "social-media.md", making.MARKDOWN.encode())
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', (await visitor.get(f"{ROOT}/national/kent")).text)

    def down(*_: object) -> None:
        raise StoreError

    monkeypatch.setattr(Audit, "note", down)
    assert (await take_in(visitor, looked)).status == 503
    assert (await visitor.post(f"{ROOT}/national/kent", action="take-over", seen=seen)).status == 503
    knowledge = load(files.folder)
    assert not knowledge.own and "kent-99" not in knowledge.clauses


async def test_the_words_beside_an_answer_are_not_cut_in_two(world: World, files: Files) -> None:
    visitor = await put_in(world)
    one = f"{HOME}/clauses/social-media-03"
    await visitor.post(one, action="mark", edition=own(files).digest, force="must")
    path = files.folder / "entries" / "personal.yaml"
    path.write_text(path.read_text("utf-8").replace("cites: [edugeek-06, ", "cites: [social-media-03, ", 1), "utf-8")
    files.refresh()
    refused = await visitor.post(one, action="split", begins="a picture of a pupil")
    assert (refused.status, "Answers rest on social-media-03" in words(refused)) == (409, True)
    assert not own(files).clause("social-media-08")


async def test_of_many_documents_one_is_held_against_the_answers_at_a_time(
    world: World, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    visitor = await put_in(world)
    other = making.MARKDOWN.replace("Social", "Other").encode()
    other_home = (await take_in(visitor, await read(visitor, "other.md", other))).to.partition("?")[0]
    at_once: list[int] = []
    lock = threading.Lock()

    def near(*_: object) -> tuple[ClauseAndNear, ...]:
        at_once.append(lock.acquire(timeout=0.2))
        time.sleep(0.05)
        lock.release()
        return ()

    monkeypatch.setattr(world.core.policies, "near", near)
    await asyncio.gather(*(visitor.get(f"{each}/near") for each in (HOME, other_home)))
    assert at_once and all(at_once)


# --- what is refused at the page's door


async def test_whoever_is_not_known_sends_no_file_and_what_was_read_is_for_one_person(world: World) -> None:
    visitor = await world.signed_in("dsl")
    looked = await read(visitor, "social-media.md", making.MARKDOWN.encode())
    other = await world.signed_in("head")
    assert (await take_in(other, looked)).status == 400, "what was read for somebody else"
    forged = await world.signed_in("head")
    await forged.get(PUT_IN)
    forged.token = "0" * 64
    assert (await send(forged, PUT_IN, {"action": "read", "of": "", "leave_out": ""}, ("a.md", b"x"))).status == 403
    elsewhere = await visitor.client.post(PUT_IN, data=b"x", headers={"Origin": "https://evil.example"})
    assert elsewhere.status == 403
    stranger = await world.visitor()
    sent = await send(stranger, PUT_IN, {"action": "read", "of": "", "leave_out": ""}, ("a.md", b"x" * 100_000))
    assert (sent.status, sent.to) == (303, "/inbox/sign-in")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("", b"", "No file was picked"),
        ("empty.docx", b"", "The file is empty"),
        ("policy.docx", making.pdf_policy(), "its name says .docx, and it is a .pdf file"),
        ("policy.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Word's format from before 2007"),
        ("policy.docx", making.with_parts(making.docx_policy(), {"word/vbaProject.bin": b"x"}), "it holds macros"),
        ("../../etc/passwd", b"root", "a file of this kind"),
        ("flood.md", b"Ask. " * 9000, "a paragraph of it is longer than any rule"),
        ("<script>.exe", b"MZ", "a file of this kind"),
    ],
)
async def test_what_cannot_be_read_is_said_with_what_to_do_and_nothing_is_kept(
    world: World, files: Files, name: str, content: bytes, said: str
) -> None:  # fmt: skip
    visitor = await world.signed_in("dsl")
    refused = await read(visitor, name, content)
    assert (refused.status, said in words(refused)) == (400, True), words(refused)
    assert "Nothing was taken in" in words(refused) and 'role="alert"' in refused.text
    assert not files.folder.joinpath("policies/own").exists()


@pytest.mark.slow
async def test_what_was_made_to_do_harm_or_cannot_be_read_is_refused_in_words_and_the_page_goes_on(
    world: World, files: Files
) -> None:  # fmt: skip
    """Each is read in a process of its own; how the reader takes it is tried in tests/policies/test_doors.py."""
    bomb = making.with_parts(making.docx_policy(), {"word/document.xml": b"<a>" + b" " * BOMB + b"</a>"})
    entity = making.zipped({"content.xml": ENTITY + making.odt_content("<text:p>A rule.</text:p>")})
    visitor = await world.signed_in("dsl")
    for name, content, said in (
        ("bomb.docx", bomb, "far more than a document holds"),
        ("entity.odt", entity, "calls for something outside itself"),
        ("long.pdf", pages(MOST_PAGES + 1), "Cut it into parts"),
        ("secret.pdf", pages(1, password="secret"), "it has a password"),
        ("scan.pdf", with_a_scan(0), "it holds no text, as a scan does"),
        ("half.pdf", with_a_scan(2), "write 3 in the box for such pages, and pick the file again"),
    ):
        refused = await read(visitor, name, content)
        assert (refused.status, said in words(refused)) == (400, True), words(refused)
        assert "--" not in words(refused) and "Nothing was taken in" in words(refused)
    assert "2 clauses" in words(await read(visitor, "half.pdf", with_a_scan(2), leave_out="3"))
    assert not files.folder.joinpath("policies/own").exists()


async def test_no_body_of_a_form_goes_wrong_here(world: World) -> None:
    visitor = await world.signed_in("dsl")
    await visitor.get(PUT_IN)
    fields = {"token": visitor.token, "action": "read", "of": "", "leave_out": ""}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    file = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n# A\r\n\r\nAsk.\r\n'
    whole, chance = "".join([*parts, file, "--b--\r\n"]).encode(), random.Random(7)
    odd = [
        b"", b"--b--", b"--b\r\n\r\nx\r\n--b--\r\n", "".join([*parts, *parts]).encode() + b"--b--\r\n",
        "".join([*parts, file, file]).encode() + b"--b--\r\n", b"".join(b"--b\r\nContent-Disposition: form-data; "
        b'name="%d"\r\n\r\nx\r\n' % number for number in range(60)) + b"--b--\r\n", whole[: len(whole) // 2],
        b'--b\r\nContent-Disposition: form-data; name="of"\r\n\r\n\xff\xfe\r\n--b--\r\n',
        b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b--\r\n",
        b"--b\r\nX: " + b"x" * 70_000 + b"\r\n\r\nx\r\n--b--\r\n",
    ]  # fmt: skip
    for _ in range(40):
        mangled = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            mangled[chance.randrange(len(mangled))] = chance.randrange(256)
        odd.append(bytes(mangled))
    for body in odd:
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        async with visitor.client.post(PUT_IN, data=body, headers=headers, allow_redirects=False) as answer:
            assert answer.status in (200, 400, 403, 409), body
    assert (await visitor.get(ROOT)).status == 200


async def test_a_file_that_is_too_large_is_refused_while_it_arrives(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(putting_in, "read_bytes", lambda *_: pytest.fail("it is not read"))
    visitor = await world.signed_in("dsl")
    refused = await read(visitor, "large.md", b"x" * (putting_in.MOST + 1))
    assert (refused.status, "larger than 20 MB" in words(refused)) == (400, True)
    fields = {f"field-{number}": "x" * (MEGABYTE - 1) for number in range(5)}
    refused = await send(visitor, PUT_IN, fields, ("small.md", b"# A"))
    assert (refused.status, "larger than 20 MB" in words(refused)) == (400, True), "its fields together are bounded too"


# --- national documents


async def test_a_newer_national_document_is_looked_at_and_taken_over(
    world: World, files: Files, tmp_path: Path
) -> None:  # fmt: skip
    shipped = tmp_path / "shipped"
    shutil.copytree(files.folder / "policies", shipped / "policies")
    workshop = replace(files.workshop, shipped=shipped)
    world.core.policies._workshops = lambda _: workshop
    visitor = await world.signed_in("dsl")
    assert "Nothing: your school has what came with this AskFirst." in words(await visitor.get(f"{ROOT}/national"))
    renew(shipped)
    assert "1 clause changes or goes" in words(await visitor.get(f"{ROOT}/national"))
    page = await visitor.get(f"{ROOT}/national/kent")
    assert "Put in: Ask a parent in writing" in words(page) and "New: " in words(page)
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', page.text)
    assert (await visitor.post(f"{ROOT}/national/kent", action="take-over", seen="0" * 12)).status == 409
    done = await visitor.post(f"{ROOT}/national/kent", action="take-over", seen=seen)
    assert (done.status, done.to) == (303, f"{ROOT}/national/kent?done=taken-over")
    files.refresh()
    [again, *_] = [each for each in files.base.knowledge.entries.values() if each.policy_changed]
    page = await visitor.get(done.to)
    assert "Answers to be read again" in words(page) and again.title in words(page)
    taken = await visitor.post(f"{ROOT}/national/kent", action="withhold", **{"entry-0": again.id})
    assert taken.status == 303 and files.base.knowledge.entries[again.id].withheld
