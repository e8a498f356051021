"""What a message may weigh before we refuse to read it."""

from dataclasses import dataclass


class UnreadableMessage(Exception):
    """The message breaks a limit or the rules of mail; `reason` says which. Keep it for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds; a message beyond one of them raises UnreadableMessage.

    Beyond those of its files it is read all the same, decides nothing, and says why.
    """

    #: the whole message as it arrived
    max_bytes: int = 25_000_000
    #: lines of the whole message
    max_lines: int = 1_000_000
    #: bytes of headers, boundaries and short bodies together; the parser's time and memory grow with them
    max_structure: int = 2_000_000
    #: lines that may be boundaries
    max_boundaries: int = 20_000
    #: MIME parts of every kind
    max_parts: int = 200
    #: MIME levels, the message itself being the first
    max_depth: int = 20
    #: characters of one text that is read for a command
    max_text: int = 300_000
    #: lines of one text that is read for a command
    max_text_lines: int = 10_000
    #: characters of one HTML text, inline pictures not counted
    max_html: int = 500_000
    #: elements of one HTML text
    max_tags: int = 10_000
    #: characters of all From headers; of the other address headers no more are looked at
    max_header: int = 5_000
    #: bytes of one Content-Type or Content-Disposition header; the parser's time grows with its square
    max_parameters: int = 4_000
    #: header fields of the message
    max_headers: int = 1_000
    #: bytes of one part that holds others: winmail.dat, an opaque signature
    max_container: int = 20_000_000
    #: files that are kept with what a message says
    max_files: int = 50
    #: bytes of these files together
    max_file_bytes: int = 20_000_000


DEFAULT_LIMITS = Limits()
