"""Who sent a message: DKIM, DMARC alignment, Authentication-Results of our own mail server, ARC of forwarders."""

from notifications.authentic.authenticate import authenticate
from notifications.authentic.lookup import NameServer
from notifications.authentic.trust import Trust

__all__ = ["NameServer", "Trust", "authenticate"]
