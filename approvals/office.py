"""The office: what every verb needs to know besides its transaction and the clock."""

from dataclasses import dataclass
from typing import Self

from models.settings import Settings


@dataclass(frozen=True)
class Office:
    """The policy that new applications come under, the key of tokens, our addresses, whom to ask instead."""

    policy: str
    key: bytes
    mail_domain: str
    operator_email: str
    #: ``operator`` | ``parent``: see ``models.settings``.
    no_officer: str = "operator"

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the office that ``settings`` describe."""
        return cls(
            settings.policy,
            settings.secret_key,
            settings.mail_domain,
            settings.operator_email,
            settings.no_officer,
        )
