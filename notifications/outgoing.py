"""A letter as it goes out: rendered, and signed where there is a key."""

from models.letter import Letter
from models.settings import Settings
from notifications.render import render
from notifications.signing import signer


def outgoing(letter: Letter, settings: Settings) -> bytes:
    """Return the bytes of ``letter``, the same at every try with the same key.

    Raises:
        WrongDkimKey: it should be signed and cannot be; a letter that our domain's policy has refused is worth nothing.

    """
    message, key = render(letter, settings), signer(settings)
    return message if key is None else key.signed(message, letter.written_at)
