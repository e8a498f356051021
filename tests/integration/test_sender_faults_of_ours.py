"""The sender where the fault is ours: a server that does not take us, a doorbell that is taken."""

import pytest

from approvals.database import Database
from approvals.doorbell import Doorbell
from models.settings import Settings
from models.states import LetterState
from notifications.receiving.listening import Smtp
from notifications.sending.sender import Sender
from tests.integration.mail_fixtures import running, smtp_server, until
from tests.integration.test_sender import all_in, every, states, write
from tests.support.desk import Desk


@pytest.mark.parametrize(
    ("command", "answer"),
    [("MAIL", "550 5.7.1 Sender rejected"), ("MAIL", "530 5.7.0 Authentication required"), ("EHLO", "550 Not you")],
)
async def test_a_server_that_does_not_take_us_fails_no_letter(
    command: str, answer: str, settings: Settings, db: Database, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(self: Smtp, arg: str | None) -> None:
        await self.push(answer)

    hasty = settings.model_copy(update={"look_every_seconds": 0.05})
    with monkeypatch.context() as unfriendly:
        for name in {command, command.replace("EHLO", "HELO")}:
            unfriendly.setattr(Smtp, f"smtp_{name}", refuse)
        async with smtp_server(settings), running(Sender(hasty, db).run):
            ids = await db.write(write, desk)

            async def put_off() -> bool:
                return (await every(db))[0].last_error is not None

            await until(put_off)
            assert await states(db, ids) == [LetterState.QUEUED]
    async with smtp_server(settings), running(Sender(hasty, db).run):
        await all_in(db, ids, LetterState.SENT)


async def test_a_login_asked_for_at_the_recipient_fails_no_letter(settings: Settings, db: Database, desk: Desk) -> None:
    no_login = iter(["530 5.7.0 Authentication required"])
    async with (
        smtp_server(settings, answer_recipient=lambda _: next(no_login, None)),
        running(Sender(settings, db).run),
    ):
        await all_in(db, await db.write(write, desk), LetterState.SENT)


async def test_a_second_sender_on_the_same_machine_works_without_the_doorbell(
    settings: Settings, db: Database, desk: Desk
) -> None:
    hasty = settings.model_copy(update={"look_every_seconds": 0.05})
    async with smtp_server(settings) as server:
        async with running(Sender(hasty, db).run), running(Sender(hasty, db).run):
            await all_in(db, await db.write(write, desk, 40), LetterState.SENT)
        assert len(server.taken) == 40
        desk.clock.tick()
        ringing = await Doorbell.listen(hasty.sender_bell)
        async with running(Sender(hasty, db).run):
            await all_in(db, await db.write(write, desk), LetterState.SENT)
        ringing.close()
