"""Commands about the key that signs our letters (DKIM): make one, and show what is to be published."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from cli.run import complain, configured, console
from models.errors import LiandongError

if TYPE_CHECKING:
    from notifications.sending.signing import Signer

app = typer.Typer(no_args_is_help=True, help="签名 DKIM: the key that signs our letters.")

#: A string of a TXT record is at most 255 bytes long (RFC 1035, 3.3).
STRING = 250


@app.command()
def new(
    ed25519: Annotated[
        bool, typer.Option("--ed25519", help="Ed25519，多数邮箱尚不识别 which most mailboxes do not know yet.")
    ] = False,
) -> None:
    """生成密钥 Make a key (RSA, 2048 bits), and say what to publish. A key that is there stays."""
    from notifications.sending.signing import make_key

    settings = configured()
    try:
        made = make_key(settings, ed25519=ed25519)
    except LiandongError as error:
        complain(f"{error.sentence('zh')}\n{error.sentence('en')}")
    console.print(f"私钥 Private key: {settings.dkim_key}", soft_wrap=True)
    _say(made)


@app.command()
def show(as_json: Annotated[bool, typer.Option("--json", help="机器可读 For machines.")] = False) -> None:
    """查看记录 The record that the domain's name server has to publish."""
    from notifications.sending.signing import signer

    try:
        found = signer(configured())
    except LiandongError as error:
        complain(f"{error.sentence('zh')}\n{error.sentence('en')}")
    if found is None:
        complain("还没有密钥，信件不签名；请运行 liandong dkim new\nThere is no key; run: liandong dkim new")
    if as_json:
        print(json.dumps({"name": found.name, "type": "TXT", "value": found.record}))
        return
    _say(found)


def _say(found: "Signer") -> None:
    strings = [found.record[at : at + STRING] for at in range(0, len(found.record), STRING)]
    value = " ".join(f'"{one}"' for one in strings)
    console.print("请在 DNS 中发布以下 TXT 记录，再运行 liandong doctor 核对：", soft_wrap=True)
    console.print("Publish this TXT record, then let `liandong doctor` compare:", soft_wrap=True)
    console.print(f"{found.name}. IN TXT ( {value} )", soft_wrap=True)
