"""Own application: nobody decides on what they applied for themselves, by whatever door. Pure."""

from models.application import Application
from models.states import ApplicationKind


def person(address: str) -> str:
    """Return what makes two addresses the same mailbox: no case, no ``+tag``."""
    name, _, domain = address.strip().casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def is_own(app: Application, *addresses: str) -> bool:
    """Tell whether one of ``addresses`` is the applicant's; the lead that opens a duty also accepts it."""
    return app.kind is not ApplicationKind.DUTY and person(app.email) in {person(one) for one in addresses}
