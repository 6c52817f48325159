"""使用手册 (BEY-18): every page of the portal has its place in a guide of everybody who can open it, every old question has one, a guide
calls things as they are called, and its pictures are those that are kept."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.guides import paper
from ops.guides.made import guide_pages, old_questions, sections_of
from ops.guides.reading import Block, Part, Section
from ops.guides.table import BY_NAME, FOLDER, GUIDES, PICTURES, Guide
from shared.addresses import ADDRESSES
from shared.addresses import BY_NAME as PAGES
from shared.roles import Permission
from tests.browser.guide_pictures import TABLE
from tests.contracts.portal_words import portal_words

pytestmark = pytest.mark.req("BEY-18")
# All pictures together, in bytes: they come with every checkout.
MOST = 3_000_000


def blocks() -> Iterator[tuple[Guide, Section, Block]]:
    for guide in GUIDES:
        for section in sections_of(guide):
            for block in section.blocks:
                yield guide, section, block


def parts(block: Block) -> Iterator[Part]:
    yield from block.get("parts", ())
    for line in (*block.get("items", ()), *block.get("head", ())):
        yield from line
    for row in block.get("rows", ()):
        for cell in row:
            yield from cell


def readers(page: str) -> Iterator[tuple[str, list[Guide]]]:
    """Each kind of reader that can open it, with the guides that are written for that one."""
    if PAGES[page].open:
        yield "who is not signed in", [guide for guide in GUIDES if not guide.by]
        return
    for permission in sorted(PAGES[page].by or Permission):
        yield permission.value, [guide for guide in GUIDES if permission in guide.by]


def without_place() -> Iterator[str]:
    for page in (each for each in ADDRESSES if each.built):
        for reader, guides in readers(page.name):
            if not any(page.name in section.pages for guide in guides for section in sections_of(guide)):
                files = (
                    " or ".join(f"web/guides/{guide.parts[0]}.md" for guide in guides)
                    or "a new guide of ops/guides/table.py"
                )
                yield (
                    f"{page.name} ({page.path}) is explained nowhere to {reader}: in {files} write a section “## title”, below it"
                    f" “<!-- an-id: {page.name} -->”, or add {page.name} to the addresses of a section that explains it; then make write"
                )


def test_every_page_has_its_place_in_a_guide_of_everybody_who_can_open_it() -> None:
    assert list(without_place()) == []


def test_everybody_with_a_permission_has_a_guide() -> None:
    assert [each for each in Permission if not any(each in guide.by for guide in GUIDES)] == []


def test_a_section_explains_pages_that_there_are() -> None:
    built = {each.name for each in ADDRESSES if each.built}
    assert [
        f"web/guides/{section.file}.md “{section.title}”: {page} is no page of shared/addresses.py that is built"
        for guide in GUIDES
        for section in sections_of(guide)
        for page in section.pages
        if page not in built
    ] == []


def test_a_section_has_an_anchor_of_its_own() -> None:
    for guide in GUIDES:
        ids = [section.id for section in sections_of(guide)]
        assert sorted(ids) == sorted(set(ids)), guide.name


def test_every_file_is_a_part_of_a_guide() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == {part for guide in GUIDES for part in guide.parts}


def test_a_link_leads_to_a_section() -> None:
    lost = []
    for guide, section, block in blocks():
        for to in (part["to"] for part in parts(block) if "to" in part):
            file, _, anchor = to.partition("#")
            aim = BY_NAME.get(file.removesuffix(".md")) if file else guide
            if aim is None or anchor not in {each.id for each in sections_of(aim)}:
                lost.append(f"web/guides/{section.file}.md “{section.title}”: {to}")
    assert lost == []


def test_what_a_guide_calls_a_button_stands_on_it() -> None:
    wrong = {
        f"web/guides/{section.file}.md “{section.title}”: {part['text']} stands nowhere on the portal"
        for _, section, block in blocks()
        for part in parts(block)
        if part.get("as") == "label" and part["text"].strip("「」") not in portal_words()
    }
    assert wrong == set()


def test_the_words_of_the_portal_are_found_and_no_others() -> None:
    assert {"全部报名", "打包全部", "撤回审核结论", "资料与权限"} <= portal_words()
    assert "一键报名" not in portal_words()


def test_pictures_are_taken_used_and_small() -> None:
    used = {block["name"] for _, _, block in blocks() if block["kind"] == "picture"}
    kept = {path.stem: path.stat().st_size for path in PICTURES.glob("*.webp")}
    assert used == kept.keys() == {each.name for each in TABLE}
    assert sum(kept.values()) < MOST


def test_the_old_chapters_and_questions_are_found() -> None:
    """The manual's seven chapters and twelve questions, and the declaration's sixteen and six."""
    rows = old_questions()
    numbers = {
        source: [row["number"] for row in rows if row["source"] == source] for source in {row["source"] for row in rows}
    }
    chinese = "一二三四五六七八九十"
    counted = [*chinese, "十一", "十二"]
    assert [each for each in numbers["manual"] if each.startswith("第")] == [f"第{each}章" for each in chinese[:7]]
    assert numbers["question"] == [f"问题{each}" for each in counted]
    assert numbers["enterprise"] == [str(each) for each in range(1, 17)]
    assert numbers["office"] == [str(each) for each in range(1, 7)]
    for row in rows:
        assert row["title"]
        assert row["section"] in {each.id for each in sections_of(BY_NAME[row["guide"]])}, row


def test_each_chapter_of_the_old_manual_has_its_sections() -> None:
    """As its own table of contents numbers them."""
    listed = [row["number"] for row in old_questions() if re.match(r"\d\.\d", row["number"])]
    assert {chapter: sum(each.startswith(f"{chapter}.") for each in listed) for chapter in "123456"} == {
        "1": 3,
        "2": 5,
        "3": 6,
        "4": 4,
        "5": 4,
        "6": 4,
    }


def test_what_the_portal_gets_names_its_paper_after_its_content() -> None:
    made = {path.stem: json.loads(text) for path, text in guide_pages().items()}
    papers = {guide["pdf"] for name, guide in made.items() if name != "index"}
    assert len(papers) == len(GUIDES)
    assert all(re.fullmatch(r"guide-[a-z]+-[0-9a-f]{12}\.pdf", each) for each in papers)


def test_printing_needs_no_package_of_developers() -> None:
    """The portal is built where only what it runs with is installed: the Markdown is read by ``make write`` alone."""
    source = Path(paper.__file__).read_text("utf-8")
    assert set(re.findall(r"from ops\.guides\.(\w+) import", source)) == {"table"}
