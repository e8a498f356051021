"""Recorded histories: what people did, and where the application stood after each step.

A file in ``tests/histories`` is one story. ``python -m tests.support.histories`` plays them all and writes what came
of each step; the test plays them and compares. A change that alters a story shows as a change of its file.
"""

import asyncio
import shlex
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from approvals.answer import NotDecided
from approvals.database import Database
from approvals.late import reminders
from approvals.migrate import migrate
from approvals.moves.take_back import take_back
from approvals.notice import notices
from approvals.notice.objections import Said, object_to
from approvals.office import Office
from approvals.resubmit import withdraw_by_token
from approvals.submit import submit
from models.application import Application
from models.case.batch import Batch, read_batch
from models.case.form import ApplicationForm
from models.errors import LiandongError
from models.objection import ObjectionChannel
from models.panel.seats import on_panel
from models.road.stage_standing import StageStanding, TaskStanding
from models.road.standing import Standing
from models.settings import Settings
from models.states import Channel, Outcome, TaskState
from tests.support.altered import with_road, with_stage
from tests.support.clock import Clock
from tests.support.desk import Desk, hangzhou_directory
from tests.support.forms import CONSORTIUM, SINGLE, form_of
from tests.support.history_moves import Moves
from tests.support.kinds import KINDS, with_every_kind
from tests.support.panel import RESEARCH, PanelDesk, expert
from tests.support.policies import ZHEJIANG

FOLDER = Path(__file__).parents[1] / "histories"
TERMINALS = CONSORTIUM | {"measure": 25, "option": "terminals", "amounts": {"province": "660"}}
FORMS = KINDS | {"consortium": CONSORTIUM, "single": SINGLE, "terminals": TERMINALS, "research": RESEARCH}


class Player(Moves):
    """Plays the steps of one story at a desk."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.drafts = 0
        self.told: list[str] = []

    async def step(self, line: str) -> list[str]:
        """Do what ``line`` says; return what came of it: the lines that are new."""
        verb, *words = shlex.split(line)
        options = dict(word.split("=", 1) for word in words if "=" in word)
        plain = [word for word in words if "=" not in word]
        try:
            done = await self.verbs()[verb](*plain, **options)
        except LiandongError as error:
            return [f"refused: {type(error).__name__}"]
        if isinstance(done, NotDecided):
            return [f"refused: {type(done.error).__name__}"]
        if self.desk.app is None:
            return []
        before, self.told = self.told, told(await self.desk.standing())
        return [one for one in self.told if one not in before]

    def verbs(self) -> dict[str, Callable[..., Awaitable[Any]]]:
        """Return what people can do in a story, by the first word of a step."""
        return {
            "submit": self.submit,
            "answer": self.answer,
            "take-back": self.take_back,
            "resubmit": self.resubmit,
            "withdraw": self.withdraw,
            "days": self.days,
            "object": self.object,
            "open-duty": self.open_duty,
            "report": self.report,
        } | self.moves()

    async def submit(self, form: str = "consortium", serials: str = "") -> Any:
        """``submit single``, ``submit terminals A1,A2``: apply, with the pieces of a batch where there are any."""
        if not serials:
            return await self.desk.submit(FORMS[form])
        rows = "".join(f"{one},智能眼镜,2200,330\n" for one in serials.split(","))
        data = f"serial_number,product,product_price,amount\n{rows}".encode()
        batch = read_batch(data, ZHEJIANG.measures[25], form)
        self.desk.app = await self._write_batch(form_of(FORMS[form]), batch)
        return self.desk.app

    async def _write_batch(self, form: ApplicationForm, rows: Batch) -> Application:
        return await self.desk.db.write(submit, self.desk.office, form, self.desk.clock.tick(), batch=rows)

    async def answer(self, unit: str, outcome: str, **more: str) -> Any:
        """``answer czt return to=city_recommendation straight=yes by=reply``: by the newest letter (to ``person=``)."""
        given: dict[str, Any] = {"returns_to": more.get("to", "")} if outcome == "return" else {}
        given |= {"straight_back": True} if more.get("straight") == "yes" else {}
        given |= {"units": tuple(more["units"].split(","))} if "units" in more else {}
        channel = Channel(more.get("by", "link"))
        opinion = more.get("why", "" if outcome == "approve" else "理由")
        if person := more.get("person"):
            letters = await self.desk.letters(application_id=self.desk.app_id, address=person)
            token = next(self.desk.token_in(one) for one in letters if "link_nonce" in one.facts)
            return await self.desk.present(token, Outcome(outcome), opinion, channel=Channel.LINK, **given)
        return await self.desk.answer(unit, Outcome(outcome), opinion, channel=channel, **given)

    async def take_back(self, unit: str) -> Any:
        """``take-back czt``: by the unit's newest letter."""
        (token, *_) = await self.desk.tokens_of(unit)
        return await self._write(take_back, token, "点错了", Channel.LINK)

    async def resubmit(self, how: str = "changed") -> Any:
        """``resubmit same``: send the amended file, or the same one again."""
        self.drafts += how == "changed"
        return await self.desk.resubmit(project__summary=f"第 {self.drafts + 1} 稿" if self.drafts else SUMMARY)

    async def withdraw(self) -> Any:
        """``withdraw``: the applicant, on the status page."""
        token = await self.status_token()
        return await self._write(withdraw_by_token, token, "市场变化")

    async def object(self, name: str) -> None:
        """``object 赵六``: somebody objects to what is on view."""
        assert self.desk.app is not None
        said = Said(name, "zhao@people.example", "该项目去年已经领过补助。")
        await self._write(object_to, self.desk.app.number, said, ObjectionChannel.PAGE)

    async def open_duty(self, measure: str, duty: str = "") -> Any:
        """``open-duty 27 party_schools``: the lead's unit opens what the measure tells its units to do."""
        return await self.desk.open_duty(int(measure), duty)

    async def report(self, unit: str, text: str) -> Any:
        """``report xcb 已开课``: a report that is not done yet."""
        return await self.desk.report(unit, text)

    async def days(self, count: str) -> None:
        """``days 9``: the clock goes on, and the sweep looks each day."""
        for _ in range(int(count)):
            now = self.desk.clock.tick(days=1)
            for stage in await self.desk.db.read(notices.due, now):
                await self.desk.db.write(notices.end_due, self.desk.office, stage, now)
            for stage in await self.desk.db.read(reminders.overdue, now):
                await self.desk.db.write(reminders.look_at, self.desk.office, stage, now)


SUMMARY = str(CONSORTIUM["project"]["summary"])


def told(standing: Standing) -> list[str]:
    """Return where the application stands: its state, and each stage of the round with who is asked or answered."""
    stages = [stage for stage in standing.stages if stage.round == standing.round]
    money = [f"award {sum(standing.award.values())} fen"] if standing.award else []
    if standing.release:
        money = [f"pays {sum(standing.release.pay.values())} fen"]
    line = " · ".join([f"{standing.state.value}, round {standing.round}", *money])
    return [line, *(line for stage in stages for line in _stage(stage))]


def _stage(stage: StageStanding) -> list[str]:
    state = stage.outcome.value if stage.outcome else ("suspended" if stage.suspended_at else stage.state.value)
    tasks = sorted(stage.tasks, key=_by_seat) if stage.panel else stage.tasks
    happened = [f"{stage.key} {n}: {move.kind.value}" for n, move in enumerate(stage.moves, start=1)]
    return [f"{stage.key} {state}: {', '.join(_task(task) for task in tasks)}", *happened]


def _by_seat(task: TaskStanding) -> tuple[str, bool]:
    """In a panel the draw goes by ids, so that its story is told by seats: who left one, then who has it."""
    return task.seat, task.state is not TaskState.VOID


def _task(task: TaskStanding) -> str:
    how = "" if task.kind.value == "asked" else f"{task.kind.value} "
    marks = [task.outcome.value] if task.outcome else [task.state.value]
    marks += [task.ended_as.value] if task.ended_as else []
    marks += [task.channel.value] if task.channel in (Channel.AUTOMATIC, Channel.OPERATOR) else []
    marks += ["for another"] if task.deputy_for else []
    return f"{how}{task.seat if on_panel(task.unit) else task.unit} {' '.join(marks)}"


async def play(file: Path, desk: Desk, folder: Path) -> dict[str, Any]:
    """Return the story in ``file`` with what came of each step; ``folder`` is for policies that it alters."""
    story: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    desk = await _opened(story, desk, folder)
    player = Player(desk)
    steps = [{"do": step["do"], "then": await player.step(step["do"])} for step in story["steps"]]
    assert await desk.verify() is None
    return story | {"steps": steps}


async def _opened(story: dict[str, Any], desk: Desk, folder: Path) -> Desk:
    """Return the office that the story is about: its policies, and the people around it."""
    if story.get("city"):
        city = PanelDesk(desk.db, desk.office, desk.clock)
        await city.open_city(*(expert(n) for n in range(1, 7)))
        return city
    if story.get("kinds"):
        desk.office = replace(desk.office, policies=with_every_kind(folder))
    for stage, lines in story.get("rules", {}).items():
        desk.office = replace(desk.office, policies=with_stage(folder, stage, **lines))
    if road := story.get("road"):
        desk.office = replace(desk.office, policies=with_road(folder, road))
    await desk.import_directory(hangzhou_directory())
    return desk


def written(story: dict[str, Any]) -> str:
    """Return a story as its file has it."""
    return yaml.safe_dump(story, allow_unicode=True, sort_keys=False, width=120)


async def _record(file: Path) -> None:
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home) / "home")
        await migrate(settings)
        database = Database(settings)
        desk = Desk(database, Office.of(settings), Clock())
        await desk.register_consortia()
        file.write_text(written(await play(file, desk, Path(home))), "utf-8")
        await database.close()


if __name__ == "__main__":
    for each in sorted(FOLDER.glob("*.yaml")):
        asyncio.run(_record(each))
