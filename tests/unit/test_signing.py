"""Our letters are signed (DKIM), with the same bytes at every try; dkimpy, which did not make them, finds them good."""

import base64
import datetime as dt
import hashlib
import os
import stat
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from dkim.canonicalization import CanonicalizationPolicy

from models.settings import Settings
from notifications.rendering.message import Message, message_bytes
from notifications.rendering.threads import Thread
from notifications.sending.signing import DkimKeyIsThere, Signer, WrongDkimKey, make_key, signer

AT = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
LETTER = message_bytes(
    Message(
        sender=("联动 Liandong", "no-reply@liandong.example"),
        to=("余杭区经信局", "330110@zj.example"),
        subject="请就一件申请作出决定：" + "很长的标题" * 12,
        written_at=AT,
        message_id="1@liandong.example",
        reply_to="reply+x@liandong.example",
        thread=Thread("app@liandong.example", "题目", "AQ=="),
        list_id=("联动", "zhejiang-ai-2025.kjt.liandong.example"),
        language="zh",
        boundary="=_1",
        text="请答复  \n\n.\n",
        html="<p>请答复</p>",
    )
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def good(message: bytes, key: Signer) -> bool:
    asked = []

    def name_server(name: bytes, timeout: float = 5) -> bytes:
        asked.append(name)
        return key.record.encode()

    verified = bool(dkim.verify(message, dnsfunc=name_server))
    assert asked == [f"{key.name}.".encode()]
    return verified


def test_without_a_key_nothing_is_signed(settings: Settings) -> None:
    assert signer(settings) is None


def test_a_signature_holds_and_is_the_same_at_every_try(settings: Settings) -> None:
    made = make_key(settings)
    key = signer(settings)
    assert key is not None
    assert key.record == made.record
    signed = key.signed(LETTER, AT)
    assert signed == key.signed(LETTER, AT)
    assert signed.endswith(LETTER)
    assert f"t={int(AT.timestamp())};".encode() in signed
    assert max(len(line) for line in signed.split(b"\r\n")) <= 78 or max(map(len, LETTER.split(b"\r\n"))) > 78
    assert good(signed, key)


@pytest.mark.parametrize(
    "added", ["From: x@y.example", "To: x@y.example", "Subject: other", "Date: x", "Message-ID: <2@x>",
              "Reply-To: thief@y.example", "References: <2@x>"],
)  # fmt: skip
def test_no_second_header_can_be_put_beside_ours(added: str, settings: Settings) -> None:
    key = make_key(settings)
    signed = key.signed(LETTER, AT)
    for altered in (f"{added}\r\n".encode() + signed, signed.replace(b"\r\n\r\n", f"\r\n{added}\r\n\r\n".encode(), 1)):
        assert not good(altered, key)


def test_a_header_that_is_missing_cannot_be_added(settings: Settings) -> None:
    key = make_key(settings)
    bare = LETTER.replace(b"Reply-To: reply+x@liandong.example\r\n", b"")
    signed = key.signed(bare, AT)
    assert good(signed, key)
    assert not good(b"Reply-To: thief@y.example\r\n" + signed, key)


def test_what_servers_do_on_the_way_breaks_nothing(settings: Settings) -> None:
    key = make_key(settings)
    signed = key.signed(LETTER, AT)
    folded = signed.replace(b"Message-ID: ", b"message-id:\r\n   ").replace(b"\r\n ", b"\r\n\t")
    assert good(b"Received: from a by b\r\nReturn-Path: <x@y>\r\n" + folded + b"\r\n\r\n", key)
    assert not good(signed.replace(b"base64", b"BASE64!", 1), key)


def test_ed25519_signs_as_rfc_8463_has_it(settings: Settings) -> None:
    key = make_key(settings, ed25519=True)
    signed = key.signed(LETTER, AT)
    head, _, _ = signed.partition(b"\r\nFrom:")
    unsigned, _, signature = head.partition(b"b=")[0], "", head.rpartition(b" b=")[2]
    relaxed = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
    headers, _ = dkim.rfc822_parse(LETTER)
    names = [n.strip() for n in head.partition(b"h=")[2].partition(b";")[0].replace(b"\r\n ", b"").split(b":")]
    chosen = dkim.select_headers(relaxed.canonicalize_headers(headers), names)
    own = (b"DKIM-Signature", head.partition(b":")[2].rpartition(b" b=")[0] + b" b=")
    said = b"".join(n + b":" + v for n, v in chosen)
    said += b":".join(relaxed.canonicalize_headers([own])[0]).rstrip()
    assert unsigned
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.record.partition("p=")[2]))
    public.verify(base64.b64decode(signature.replace(b"\r\n ", b"")), hashlib.sha256(said).digest())
    assert b"a=ed25519-sha256" in signed
    assert "k=ed25519" in key.record


def test_the_key_is_its_owners_alone_and_never_overwritten(settings: Settings) -> None:
    make_key(settings)
    assert stat.S_IMODE(settings.dkim_key.stat().st_mode) == 0o600
    with pytest.raises(DkimKeyIsThere):
        make_key(settings)


def test_a_key_that_was_changed_is_read_anew(settings: Settings) -> None:
    first = make_key(settings)
    settings.dkim_key.unlink()
    make_key(settings, ed25519=True)
    found = signer(settings)
    assert found is not None
    assert found.record != first.record


def pem(key: rsa.RSAPrivateKey | dsa.DSAPrivateKey, password: bytes = b"") -> bytes:
    hidden: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        hidden = serialization.BestAvailableEncryption(password)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)


def test_a_key_that_cannot_be_used_is_said(settings: Settings, tmp_path: Path) -> None:
    asked = settings.model_copy(update={"dkim_key_file": str(tmp_path / "asked.pem")})
    with pytest.raises(WrongDkimKey, match="no such file"):
        signer(asked)
    for wrong, why in (
        (b"", "no PEM"),
        (b"words", "no PEM"),
        (pem(rsa.generate_private_key(65537, 1024), b"hidden"), "no PEM"),
        (pem(dsa.generate_private_key(1024)), "neither RSA nor Ed25519"),
    ):
        asked.dkim_key.write_bytes(wrong)
        os.utime(asked.dkim_key, ns=(0, len(wrong)))
        with pytest.raises(WrongDkimKey, match=why):
            signer(asked)
