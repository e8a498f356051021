"""The office: what every verb needs to know besides its transaction and the clock."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from models.files.file_limits import FileLimits
from models.operators import Operator, read_operators
from models.settings import Settings


@dataclass(frozen=True)
class Office:
    """The policies, the key of tokens, our addresses, and whom to ask instead."""

    #: The policy of applications that name none; empty: the only one there is.
    policy: str
    #: The folder of the policies.
    policies: Path
    key: bytes
    mail_domain: str
    operator_email: str
    #: ``operator`` | ``parent``: see ``models.settings``.
    no_officer: str = "operator"
    #: Where the portal is reached: public notices say so.
    portal_url: str = ""
    #: Everybody who runs the chain, in the order of the setting; none: whoever has the operator's address.
    operators: tuple[Operator, ...] = ()
    #: What is kept of the files of one reply.
    files: FileLimits = field(default_factory=FileLimits)
    #: Messages to one reply address, and to that of one notice, in an hour.
    mail_per_hour: int = 30
    objections_per_hour: int = 500
    #: False: From alone says who sent a reply.
    replies_must_be_authentic: bool = True
    #: Hours for which a reply waits whose sender cannot be looked up.
    unproven_hours: float = 24.0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the office that ``settings`` describe."""
        return cls(
            settings.policy,
            settings.policies,
            settings.secret_key,
            settings.mail_domain,
            settings.operator_email,
            settings.no_officer,
            settings.portal_url,
            read_operators(settings.operators, settings.operator_email),
            settings.file_limits,
            settings.mail_per_hour,
            settings.objections_per_hour,
            settings.replies_must_be_authentic,
            settings.unproven_hours,
        )
