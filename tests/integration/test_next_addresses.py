"""Further addresses of an officer: who is the applicant under one of them answers by none, and letters learn."""

import pytest
from sqlmodel import select

from approvals.answer import NotDecided
from approvals.database import Database
from approvals.transaction import Transaction
from models.files.directory_file import Entry
from models.officer import Officer
from models.settings import Settings
from notifications.sending.bounce_address import bounce_address
from tests.integration.mail_fixtures import judged, send
from tests.support.desk import Desk
from tests.support.forms import CONSORTIUM
from tests.support.machine_mail import report

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
COUNTY = "@county:330110"
OTHER = "yuhang2@zj.example"


def known(*others: str) -> Entry:
    return Entry(unit=COUNTY, name="余杭区", email="330110@zj.example", other_emails=list(others))


async def test_the_applicant_is_not_asked_under_another_address(desk: Desk) -> None:
    await desk.import_directory([known(CONSORTIUM["applicant"]["email"])])
    await desk.submit()
    assert await desk.asked(COUNTY) == []
    assert len(await desk.letters("officer_missing")) == 1


async def test_an_officer_who_becomes_known_as_the_applicant_answers_no_more(desk: Desk) -> None:
    await desk.submit()
    await desk.import_directory([known(CONSORTIUM["applicant"]["email"])])
    assert isinstance(await desk.answer(COUNTY), NotDecided)


@pytest.mark.usefixtures("receiver")
async def test_the_next_letter_goes_to_the_address_that_works(settings: Settings, db: Database, desk: Desk) -> None:
    await desk.import_directory([known(OTHER)])
    await desk.submit()
    (letter,) = await desk.letters("ask", address="330110@zj.example")
    await send(settings, report(letter, settings), bounce_address(settings, letter.id), sender="")
    await judged(db)
    desk.clock.tick(minutes=1)
    await desk.submit(project__title="另一个项目")
    assert [one.address for one in await desk.letters("ask", application_id=desk.app_id)] == [OTHER]


async def test_a_file_that_says_nothing_of_further_addresses_leaves_them(db: Database, desk: Desk) -> None:
    await desk.import_directory([known(OTHER)])
    await desk.import_directory([Entry(unit=COUNTY, name="余杭区", email="330110@zj.example")])

    def others(tx: Transaction) -> list[str]:
        return tx.exec(select(Officer).where(Officer.unit == COUNTY)).one().other_emails

    assert await db.read(others) == [OTHER]
