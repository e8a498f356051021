"""Letters are answered with the programs that people have: Thunderbird, Roundcube in a browser, Alpine.

Each is Debian's own program, used as a person uses it; what it sends goes through the officials' mail server and ours.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright

from models.states import Channel
from tests.acceptance.test_pages_in_a_browser import CHROMIUM
from tests.acceptance.test_the_chain import small_consortium
from tests.acceptance.test_through_real_mail_servers import COUNTY, Town, town
from tests.support.installation import until
from tests.support.mail_programs import alpine, roundcube, thunderbird
from tests.support.mail_programs.written import NO, YES, YES_IN_ENGLISH, Written, back
from tests.support.postgres import free_ports

__all__ = ["town"]
pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="module")]

SIGNATURE = "余杭区人民政府 办公室\n电话：0571-00000000"
#: What is written in Thunderbird, by the language it speaks.
IN_THUNDERBIRD = {
    "zh-CN": (YES.by(signature=SIGNATURE), NO.by(below=True), back("补充预算明细").by(html=False, signature=SIGNATURE)),
    "en-US": (YES_IN_ENGLISH, NO.by(html=False, below=True), back("补充承诺函").by(below=True, signature=SIGNATURE)),
}
IN_ROUNDCUBE = (YES, NO.by(below=True), back("补充预算明细").by(html=False), YES.by(html=False, below=True))


def needs(packages: tuple[str, ...], *programs: Path) -> None:
    if not all(program.exists() for program in programs):
        pytest.skip(f"apt-get install {' '.join(packages)}, as .ci/run does")


async def asked(town: Town, title: str, count: int) -> dict[str, bytes]:
    """Submit ``count`` applications; return the county's letter about each, by number."""
    numbers = [(await town.here.submit(small_consortium(f"{title}{n + 1}"))).number for n in range(count)]
    return {number: await town.letter(COUNTY, number, "/d/") for number in numbers}


async def is_read(town: Town, number: str, written: Written) -> None:
    """Assert that the answer to ``number`` is what was written, and that it came by mail."""

    async def answered() -> Any:
        task = (await town.here.standing(number)).stages[0].tasks[0]
        return task if task.outcome else None

    task = await until(answered, f"an answer to {number}: {written}")
    assert (task.outcome, task.opinion, task.channel) == (written.outcome, written.opinion, Channel.REPLY), written
    await town.here.verify(number)


async def test_what_is_written_in_thunderbird_is_read_as_it_was_written(town: Town) -> None:
    needs(thunderbird.PACKAGES, thunderbird.PROGRAM, thunderbird.CHINESE)
    county = town.office.people[COUNTY]

    def write(language: str, letters: list[bytes]) -> str:
        folder = town.office.folder / "thunderbird" / language
        with thunderbird.thunderbird(folder, county, free_ports(1)[0], language) as opened:
            for letter, written in zip(letters, IN_THUNDERBIRD[language], strict=True):
                opened.read(letter)
                shown = opened.shown()
                opened.reply(written)
        return shown

    letters = {
        language: await asked(town, f"雷鸟 {language} ", len(several)) for language, several in IN_THUNDERBIRD.items()
    }
    shown = await asyncio.gather(*(asyncio.to_thread(write, lang, [*mine.values()]) for lang, mine in letters.items()))
    assert all("请余杭区人民政府答复" in text and "查看材料并答复" in text for text in shown)
    for language, mine in letters.items():
        for number, written in zip(mine, IN_THUNDERBIRD[language], strict=True):
            await is_read(town, number, written)


async def test_what_is_written_in_roundcube_is_read_as_it_was_written(town: Town) -> None:
    needs(roundcube.PACKAGES, roundcube.PAGES / "index.php", CHROMIUM)
    county = town.office.people[COUNTY]
    letters = await asked(town, "网页邮箱", len(IN_ROUNDCUBE))
    with roundcube.roundcube(town.office.folder / "roundcube", free_ports(1)[0]) as served:
        async with async_playwright() as driver:
            arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
            browser = await driver.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
            page = await browser.new_page(viewport={"width": 1280, "height": 1200})
            served.habits(county, IN_ROUNDCUBE[0])
            await served.log_in(page, county)
            for letter, written in zip(letters.values(), IN_ROUNDCUBE, strict=True):
                served.habits(county, written)
                await served.read(page, letter)
                await served.reply(page, written)
            await browser.close()
    for number, written in zip(letters, IN_ROUNDCUBE, strict=True):
        await is_read(town, number, written)


async def test_what_is_written_in_alpine_is_read_as_it_was_written(town: Town) -> None:
    needs(alpine.PACKAGES, alpine.PROGRAM)
    county = town.office.people[COUNTY]
    ((number, letter),) = (await asked(town, "松树", 1)).items()
    at = town.office.letters(COUNTY).index(letter) + 1
    await asyncio.to_thread(alpine.reply_with_alpine, county, town.office.folder / "alpine", at, YES.text)
    await is_read(town, number, YES)
