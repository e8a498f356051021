"""A letter as it goes out: rendered, and signed where there is a key."""

from models.errors import LiandongError
from models.letter import Letter
from models.settings import Settings
from notifications.rendering.render import render
from notifications.sending.signing import signer


class LetterNotRendered(LiandongError):
    """No message can be made of what the letter knows; it would be the same at every try."""

    def __init__(self, why: str) -> None:
        super().__init__(f"信件无法生成：{why}", f"cannot be rendered: {why}")


def outgoing(letter: Letter, settings: Settings, dossier: bytes | None = None) -> bytes:
    """Return the bytes of ``letter`` with its ``dossier`` (PDF), the same at every try with the same key.

    Raises:
        LetterNotRendered: something is wrong with it.
        WrongDkimKey: it should be signed and cannot be; a letter that our domain's policy has refused is worth nothing.

    """
    try:
        message = render(letter, settings, dossier)
    except Exception as error:
        raise LetterNotRendered(f"{type(error).__name__}: {error}") from error
    key = signer(settings)
    return message if key is None else key.signed(message, letter.written_at)
