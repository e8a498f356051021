"""Every option of every measure: its pages, letters and dossier, in both languages, without a word out of place."""

import re
from html import unescape

import pytest

from approvals.database import Database
from flows.dossier import dossier
from models.secrets import derive_token
from models.settings import Settings
from models.states import Purpose
from notifications.rendering.render import render
from portal.app import create_app
from tests.integration.test_every_measure import GOOD
from tests.support.browser import browsing
from tests.support.desk import Desk
from tests.support.rules import OPTIONS, POLICY, asking
from tests.unit.test_letters import LANGUAGES, bodies, parsed
from tests.unit.test_letters_trace import MOST_BYTES

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

#: What stands nowhere where no money is given.
SUMS = re.compile(r"申请金额|\b核定金额|资金层级|规则上限|至多核定|(?<!\d)0元|(?<![\d,])0 yuan|Amounts|By the rules")


@pytest.fixture
async def figured(desk: Desk) -> Desk:
    """The office, with every figure that the rules look up."""
    await desk.record_figure("lpr_5y", "3.5%")
    await desk.record_figure("rd_subsidy_rate", "5%", place="余杭区")
    await desk.record_figure("filing_support", "200,000 yuan", place="杭州市")
    return desk


@pytest.mark.parametrize(("measure", "option"), OPTIONS)
async def test_pages_letters_and_dossier_of_every_option(
    figured: Desk, db: Database, settings: Settings, measure: int, option: str
) -> None:
    data = POLICY.measures[measure].options[option]
    await figured.submit_form(asking(measure, option, 3 if data.levels else 0, GOOD.get(option, {})))
    said = []
    async with browsing(create_app(settings, db, now=figured.clock.tick)) as browser:
        (received,) = await figured.letters("submitted")
        status = derive_token(figured.office.key, Purpose.STATUS, received.facts["status_nonce"])
        while (stage := (await figured.standing()).open_stage) is not None:
            for task in stage.tasks:
                link = f"/d/{(await figured.tokens_of(task.unit))[0]}"
                for language in LANGUAGES:
                    page = await browser.open(f"{link}?lang={language}")
                    assert page.status_code == 200
                    assert data.name.get(language) in unescape(page.text)
                    assert data.words in unescape(page.text)
                    said.append(page.text)
                assert (await browser.send(link, outcome="approve")).status_code == 303
        standing = await figured.standing()
        for language in LANGUAGES:
            page = await browser.open(f"/s/{status}?lang={language}")
            assert standing.result(language) in unescape(page.text)
            said.append(page.text)
    for letter in await figured.letters():
        for letter.language in LANGUAGES:
            raw = render(letter, settings)
            assert len(raw) < MOST_BYTES
            said += [str(parsed(raw)["Subject"]), *bodies(raw)]
    said.append(dossier(standing))
    for text in said:
        assert not re.search(r"\bNone\b|Undefined|\{\{|\{[a-z_]+\}", text)
        assert data.levels or not SUMS.findall(re.sub(r"<style.*?</style>", "", text, flags=re.S))
