"""Getting in at real SMTP servers: TLS with certificates of every kind, logins, and somebody between."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from models.settings import Settings
from notifications.receiving.listening import listening
from notifications.sending.smtp import Connection, PutOff, Refused
from tests.support.certificates import Authority
from tests.support.postgres import free_port
from tests.support.smtp_door import PASSWORD, Door, door

#: aiosmtpd does not know of the TLS that is there from the first byte.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
LETTER = b"From: no-reply@liandong.example\r\nSubject: x\r\n\r\n.\r\nwords\r\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def port() -> int:
    return free_port()


def settings_for(port: int, authority: Authority, security: str, **more: Any) -> Settings:
    return Settings(
        home=authority.folder,
        smtp_host="localhost",
        smtp_port=port,
        smtp_security=security,
        smtp_ca_file=str(authority.file),
        smtp_timeout_seconds=2,
        **more,
    )


async def hand_over(settings: Settings, count: int = 1) -> None:
    connection = Connection(settings)
    try:
        for _ in range(count):
            await connection.send("bounce+1@liandong.example", "a@zj.example", LETTER)
    finally:
        await connection.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_letters_go_over_tls_and_the_connection_stays_open(
    security: str, port: int, authority: Authority
) -> None:
    async with door(port, authority.context(), starttls=security == "starttls") as server:
        await hand_over(settings_for(port, authority, security), 3)
    assert server.taken == [LETTER] * 3
    assert server.paths == ["bounce+1@liandong.example"] * 3


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("wrong", ["another host's", "expired", "of an unknown authority"])
async def test_a_certificate_that_does_not_hold_stops_everything(
    wrong: str, security: str, port: int, authority: Authority, tmp_path: Path
) -> None:
    context = {
        "another host's": lambda: authority.context("mail.example"),
        "expired": lambda: authority.context(expired=True),
        "of an unknown authority": lambda: Authority(tmp_path).context(),
    }[wrong]()
    async with door(port, context, starttls=security == "starttls", login=True) as server:
        with pytest.raises(PutOff, match=r"the certificate of localhost:.* does not hold") as put_off:
            await hand_over(settings_for(port, authority, security, smtp_user="us", smtp_password=PASSWORD))
    assert "LIANDONG_SMTP_CA_FILE" in str(put_off.value)
    assert not server.taken
    assert not server.logins


async def test_a_server_without_starttls_gets_nothing(port: int, authority: Authority) -> None:
    async with door(port, login=True) as server:
        with pytest.raises(PutOff, match="does not offer STARTTLS, so nothing was sent"):
            await hand_over(settings_for(port, authority, "starttls", smtp_user="us", smtp_password=PASSWORD))
    assert not server.logins
    assert not server.taken


async def test_plain_text_where_tls_is_expected_is_said(port: int, authority: Authority) -> None:
    async with door(port) as server:
        with pytest.raises(PutOff, match="does LIANDONG_SMTP_SECURITY fit the port"):
            await hand_over(settings_for(port, authority, "tls"))
    assert not server.taken


async def test_an_authority_that_cannot_be_read_is_said(port: int, authority: Authority) -> None:
    settings = settings_for(port, authority, "tls").model_copy(update={"smtp_ca_file": "/nowhere.pem"})
    with pytest.raises(PutOff, match="No such file"):
        await hand_over(settings)


@pytest.mark.parametrize(("way", "said"), [("auto", "PLAIN"), ("plain", "PLAIN"), ("login", "LOGIN")])
async def test_a_login_by_password(way: str, said: str, port: int, authority: Authority) -> None:
    settings = settings_for(port, authority, "starttls", smtp_auth=way, smtp_user="us", smtp_password=PASSWORD)
    async with door(port, authority.context(), starttls=True, login=True) as server:
        await hand_over(settings, 2)
    assert server.logins == [(said, PASSWORD)]
    assert len(server.taken) == 2


async def test_an_oauth_token_is_read_anew_when_it_was_renewed(port: int, authority: Authority, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("first\n")
    settings = settings_for(
        port, authority, "tls", smtp_auth="xoauth2", smtp_user="us@x.example", smtp_password_file=str(token)
    )
    connection = Connection(settings)
    async with door(port, authority.context(), login=True, password="second") as server:
        with pytest.raises(PutOff, match=r"the login as us@x\.example was refused: 535"):
            await connection.send("b@liandong.example", "a@zj.example", LETTER)
        token.write_text("second")
        await connection.send("b@liandong.example", "a@zj.example", LETTER)
        await connection.close()
    assert [said for _, said in server.logins] == [
        f"user=us@x.example\1auth=Bearer {one}\1\1" for one in ("first", "second")
    ]
    assert len(server.taken) == 1


@pytest.mark.parametrize("way", ["plain", "login", "xoauth2"])
async def test_a_refused_login_puts_letters_off_and_names_no_password(
    way: str, port: int, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(port, authority, "starttls", smtp_auth=way, smtp_user="us", smtp_password="wrong one")
    async with door(port, authority.context(), starttls=True, login=True) as server:
        with pytest.raises(PutOff, match="the login as us was refused: 535") as refused:
            await hand_over(settings)
    assert not server.taken
    assert "wrong one" not in f"{refused.value!r} {caplog.text} {settings!r}"


async def test_a_way_to_log_in_that_is_not_offered_is_said(port: int, authority: Authority) -> None:
    class Old(SMTP):
        auth_PLAIN = None  # noqa: N815 - aiosmtpd's name

    settings = settings_for(port, authority, "starttls", smtp_user="us", smtp_password=PASSWORD)
    made, loop, context = Door(), asyncio.get_running_loop(), authority.context()

    def smtp() -> SMTP:
        return SMTP(
            made, loop=loop, tls_context=context, authenticator=made.authenticate, auth_exclude_mechanism=["PLAIN"]
        )

    async with listening(smtp, "127.0.0.1", port):
        await hand_over(settings)  # auto takes what there is
        assert made.logins == [("LOGIN", PASSWORD)]
        with pytest.raises(PutOff, match="does not offer AUTH PLAIN"):
            await hand_over(settings.model_copy(update={"smtp_auth": "plain"}))


async def test_a_slow_server_is_waited_for_and_then_left(port: int, authority: Authority) -> None:
    settings = settings_for(port, authority, "tls").model_copy(update={"smtp_timeout_seconds": 0.3})
    async with door(port, authority.context(), slow=1):
        with pytest.raises(PutOff, match="Timeout"):
            await hand_over(settings)


async def test_a_server_that_hangs_up_behind_a_letter_is_given_time(port: int, authority: Authority) -> None:
    settings = settings_for(port, authority, "starttls")
    async with door(port, authority.context(), starttls=True, drop_after=2) as server:
        with pytest.raises(PutOff, match="the server hung up"):
            await hand_over(settings, 2)
    assert len(server.taken) == 2  # whether it was taken is not known: it goes again later, with the same Message-ID


async def test_a_connection_that_was_lost_while_it_idled_is_made_anew_at_once(port: int, authority: Authority) -> None:
    connection = Connection(settings_for(port, authority, "starttls"))
    for _ in range(2):
        async with door(port, authority.context(), starttls=True) as server:
            await connection.send("b@liandong.example", "a@zj.example", LETTER)
            assert len(server.taken) == 1
    await connection.close()


async def test_a_greeting_that_refuses_us_says_nothing_about_the_letter(port: int, authority: Authority) -> None:
    async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 5.7.1 not from your network\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", port):
        with pytest.raises(PutOff, match=r"554 5\.7\.1 not from your network"):
            await hand_over(settings_for(port, authority, "none"))


async def test_a_refusal_of_the_letter_is_final_and_the_connection_goes_on(port: int, authority: Authority) -> None:
    connection = Connection(settings_for(port, authority, "none"))
    made, loop = Door(), asyncio.get_running_loop()
    async with listening(lambda: SMTP(made, loop=loop, data_size_limit=100), "127.0.0.1", port):
        await connection.send("b@liandong.example", "a@zj.example", LETTER)
        with pytest.raises(Refused, match="552"):
            await connection.send("b@liandong.example", "a@zj.example", LETTER + b"x" * 200)
        await connection.send("b@liandong.example", "a@zj.example", LETTER)
    await connection.close()
    assert len(made.taken) == 2
