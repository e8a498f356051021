"""The office: what every verb needs to know besides its transaction and the clock."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from models.settings import Settings


@dataclass(frozen=True)
class Office:
    """The policies, the key of tokens, and our addresses."""

    #: The policy of applications that name none; empty: the only one there is.
    policy: str
    #: The folder of the policies.
    policies: Path
    key: bytes
    mail_domain: str
    operator_email: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the office that ``settings`` describe."""
        s = settings
        return cls(s.policy, s.policies, s.secret_key, s.mail_domain, s.operator_email)
