"""Two at the same moment: two connections to one real database, each race many times."""

from collections.abc import Callable
from typing import Any

from approvals import pages, queries
from approvals.answer import Answer, Decided, NotDecided
from approvals.database import Database
from approvals.decide import decide
from approvals.resubmit import withdraw
from approvals.submit import submit
from models.errors import AlreadyDecided, LiandongError, RefusedApplication, StageClosed
from models.event import EventKind
from models.files.directory_file import Entry
from models.states import ApplicationState, Channel, Outcome
from tests.support.desk import Desk, address_of, error_of
from tests.support.forms import form_of
from tests.support.races import COUNTY, answering, applications, at_once


async def test_two_officers_of_a_unit_at_once_decide_exactly_once(desk: Desk, other: Database) -> None:
    await desk.import_directory([Entry(unit=COUNTY, name="乙", email=f"second.{address_of(COUNTY)}")])
    for app, tokens in await applications(desk, 40):
        first, second = tokens[COUNTY]
        no = Answer(Outcome.REFUSE, "不同意")
        answers = await at_once(answering(desk, desk.db, first), answering(desk, other, second, no))
        (lost,) = [a for a in answers if isinstance(a, NotDecided)]
        assert isinstance(lost.error, AlreadyDecided)
        desk.app = app
        standing = await desk.standing()
        (task,) = standing.stages[0].tasks
        won = standing.state is ApplicationState.REFUSED
        assert task.outcome is (Outcome.REFUSE if won else Outcome.APPROVE)
        assert len(await desk.events(EventKind.DECIDED)) == len(await desk.events(EventKind.ANSWER_REFUSED)) == 1
        assert await desk.verify() is None


async def test_the_same_answer_twice_at_once_counts_once(desk: Desk, other: Database) -> None:
    for app, tokens in await applications(desk, 40):
        (token,) = tokens[COUNTY]
        answers = await at_once(answering(desk, desk.db, token), answering(desk, other, token))
        assert [isinstance(a, Decided) for a in answers].count(True) == 1, answers
        desk.app = app
        assert (await desk.standing()).position == 1
        assert await desk.verify() is None


async def test_an_answer_and_a_withdrawal_at_once_leave_one_story(desk: Desk, other: Database) -> None:
    for n, (app, tokens) in enumerate(await applications(desk, 40)):
        deciding = answering(desk, desk.db, tokens[COUNTY][0], Answer(Outcome.REFUSE, "不同意"))
        leaving = lambda app=app: other.write(withdraw, desk.office, app.number, "市场变化", desk.clock())  # noqa: E731
        pair = [deciding, leaving]
        answers = await at_once(*(pair if n % 2 else reversed(pair)))
        desk.app = app
        standing = await desk.standing()
        if standing.state is ApplicationState.REFUSED:
            assert any(isinstance(a, LiandongError) for a in answers), answers
        else:
            assert standing.state is ApplicationState.WITHDRAWN
            (refused,) = [a for a in answers if isinstance(a, NotDecided)]
            assert isinstance(refused.error, StageClosed)
        assert standing.open_stage is None
        assert len(await desk.letters("concluded", application_id=app.id)) == 1
        assert await desk.verify() is None


async def test_two_identical_submissions_at_once_make_one_application(desk: Desk, other: Database) -> None:
    # The first pair is also the first of its year: nobody has begun the count yet.
    for n in range(40):
        form, now = form_of(project__title=f"项目 {n}"), desk.clock.tick()
        works = [lambda db=db: db.write(submit, desk.office, form, now) for db in (desk.db, other)]  # noqa: B023
        answers = await at_once(*works)
        assert sorted(type(a).__name__ for a in answers) == ["Application", "RefusedApplication"], answers
        (refused,) = [a for a in answers if isinstance(a, RefusedApplication)]
        assert refused.faults[0].field == "project.title"
    numbers = await desk.db.read(queries.numbers)
    assert sorted(numbers) == [f"ZJAI19-2026-{n:05d}" for n in range(1, 41)]


async def test_guesses_of_a_code_at_once_are_all_counted(desk: Desk, other: Database) -> None:
    await desk.submit(amounts__province="20,000,000")
    (token,) = await desk.tokens_of(COUNTY)
    await desk.db.write(pages.send_code, desk.office, token, desk.clock.tick())
    code = await desk.newest_code()
    guess = Answer(Outcome.APPROVE, code="guess")

    def guessing(db: Database) -> Callable[[], Any]:
        return lambda: db.write(decide, desk.office, token, guess, Channel.LINK, desk.clock())

    await at_once(*(guessing(db) for db in (desk.db, other) * 3))
    assert type(error_of(await desk.answer(COUNTY, channel=Channel.LINK, code=code))).__name__ == "WrongCode"
    assert len(await desk.events(EventKind.ANSWER_REFUSED)) == 7


async def test_a_reader_sees_one_moment_while_others_write(desk: Desk, other: Database) -> None:
    for app, tokens in await applications(desk, 25):
        # One read asks for the application first and for its stages later: both must be of one moment.
        reading = lambda app=app: other.read(queries.standing, app.id)  # noqa: E731
        answers = await at_once(*[reading] * 3, answering(desk, desk.db, tokens[COUNTY][0]), *[reading] * 3)
        for standing in [a for a in answers if not isinstance(a, Decided)]:
            assert standing.open_stage.position == standing.position, standing
