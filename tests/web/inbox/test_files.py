"""Children's files, exports, figures, and when something is wrong."""

from __future__ import annotations

import csv
import io
import re

import pytest

from adapters.web.inbox.figures import waited
from bot.answering.dialogue import Conversation, NoteGap
from bot.store import Finished, Store, StoreError
from tests.conftest import NOW, SCHOOL
from tests.inboxing import ABOUT_AN_ADULT, World, markers

# --- files, exports, figures


async def test_a_childs_file_gathers_concerns_and_is_exported_whole(world: World) -> None:
    first, second, adult = world.log(), world.log(), world.log(ABOUT_AN_ADULT)
    head, dsl = await world.signed_in("head"), await world.signed_in("dsl")
    await head.act(first, "file", file="", name="Zelda P.")
    [file] = re.findall(r'href="/inbox/files/(\w+)"', (await head.get("/inbox/files")).text)
    for number in (second, adult):
        page = await head.get(f"/inbox/concerns/{number}")
        assert re.search(rf'<option value="{file}">Zelda P\. \(({first}|{second})', page.text)
        assert 'id="file-name" name="name" type="text" value="Zelda Pupilmarker"' in page.text
        await head.act(number, "file", file=file, name="")
    page = await head.get(f"/inbox/files/{file}")
    assert page.title == "Child’s file, Fernbank Academy"
    assert set(re.findall(r">Concern (\w{5})<", page.text)) == {first, second, adult}
    assert set(re.findall(r">Concern (\w{5})<", (await dsl.get(f"/inbox/files/{file}")).text)) == {first, second}
    export = await dsl.post(f"/inbox/files/{file}/export", way="csv")
    assert export.headers["Content-Disposition"] == f'attachment; filename="file-{file}.csv"'
    rows = list(csv.DictReader(io.StringIO(export.body.decode("utf-8-sig"))))
    assert {row["Concern"] for row in rows} == {first, second}
    assert [world.kinds(number).count("exported") for number in (first, second, adult)] == [1, 1, 0]
    pdf = await head.post(f"/inbox/files/{file}/export", way="pdf")
    assert (pdf.headers["Content-Type"], pdf.body[:5]) == ("application/pdf", b"%PDF-")


async def test_a_second_file_of_one_name_takes_a_decision(world: World) -> None:
    first, second = world.log(), world.log()
    visitor = await world.signed_in("dsl")
    await visitor.act(first, "file", file="", name="zelda pupilmarker")
    page = await visitor.get(f"/inbox/concerns/{second}")
    assert 'id="file-name" name="name" type="text" value=""' in page.text
    assert (await visitor.post(f"/inbox/concerns/{second}", action="file", file="", name="")).status == 400


async def test_an_export_is_never_kept_by_the_browser_and_its_name_tells_nothing(world: World) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl")
    for way in ("pdf", "csv"):
        export = await visitor.post(f"/inbox/concerns/{number}/export", way=way)
        assert export.headers["Cache-Control"] == "no-store"
        assert export.headers["Content-Disposition"] == f'attachment; filename="concern-{number}.{way}"'
    assert (await visitor.post(f"/inbox/concerns/{number}/export", way="exe")).status == 400
    assert (await visitor.get(f"/inbox/concerns/{number}/export")).status == 405


async def test_the_figures_count_without_names_and_show_what_nobody_could_answer(world: World, store: Store) -> None:
    world.log()
    world.log(ABOUT_AN_ADULT)
    entry = next(iter(world.base.knowledge.entries.values()))
    talk = store.talk(SCHOOL)
    talk.finish_turn("c", Finished(Conversation(), entry=entry.id), NOW)
    talk.finish_turn("c", Finished(Conversation(), gaps=(NoteGap("may I <b>fly</b>?", None, "no-answer"),)), NOW)
    dsl, head = await world.signed_in("dsl"), await world.signed_in("head")
    page = (await dsl.get("/inbox/figures")).text
    assert markers(page) == []
    assert "may I &lt;b&gt;fly&lt;/b&gt;?" in page
    assert entry.title.split("’")[0] in page
    assert page.count("<svg") == 5
    assert re.search(r'<th scope="row" dir="auto">23 Nov</th><td class="number">1</td>', page)
    assert re.search(r">23 Nov</th><td class=\"number\">2</td>", (await head.get("/inbox/figures")).text)
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page)


def test_how_long_it_took_is_said_in_words() -> None:
    said = [waited(minutes) for minutes in (None, 0.2, 1.2, 30, 150, 5000)]
    assert said == ["", "less than a minute", "1 minute", "30 minutes", "2.5 hours", "3 days"]


# --- when something is wrong


async def test_a_database_that_is_down_says_whom_to_ring(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = await world.signed_in("dsl")

    def down(*_: object) -> None:
        raise StoreError("the database cannot be reached")

    monkeypatch.setattr("bot.store.signin.SignIn.who", down)
    page = await visitor.get("/inbox")
    assert page.status == 503
    assert world.school.holders("dsl")[0].phone in page.text


async def test_every_page_is_kept_out_of_caches_and_holds_nothing_inline(world: World) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl")
    for path in ("/inbox/sign-in", "/inbox", f"/inbox/concerns/{number}", "/inbox/files", "/inbox/figures"):
        page = await visitor.get(path)
        assert page.headers["Cache-Control"] == "no-store"
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page.text), path
