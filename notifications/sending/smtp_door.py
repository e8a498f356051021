"""How we get in at the SMTP server: TLS that is verified (RFC 3207, RFC 8314), then a login (RFC 4954).

Nothing here is opportunistic: a server that no longer offers STARTTLS may be somebody between, so nothing is sent
until it does, and a password is never sent unencrypted.
"""

import asyncio
import base64
import ssl

import aiosmtplib

from models.settings import Settings


class NotLetIn(Exception):
    """The server cannot be reached, is not who it should be, or does not take our login; the letter waits."""


async def enter(smtp: aiosmtplib.SMTP, settings: Settings) -> None:
    """Connect ``smtp`` and log in, as ``settings`` say.

    Raises:
        NotLetIn: with what is wrong, and where it is known what to do.
        SMTPServerDisconnected, TimeoutError: as everywhere.

    """
    try:
        context = None if settings.smtp_protection == "none" else tls_context(settings)
        await smtp.connect(tls_context=context)
    except aiosmtplib.SMTPServerDisconnected:
        raise
    except (aiosmtplib.SMTPException, OSError) as error:  # ssl.SSLError is an OSError
        raise NotLetIn(_why_not_connected(error, settings)) from error
    if settings.smtp_user:
        await _log_in(smtp, settings)


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Return what checks the server's certificate and name; the authorities are read anew.

    Raises:
        OSError: their file cannot be read, or has none.

    """
    return ssl.create_default_context(cafile=settings.smtp_ca_file or None)


async def _log_in(smtp: aiosmtplib.SMTP, settings: Settings) -> None:
    if smtp.get_transport_info("sslcontext") is None:
        raise NotLetIn("a password never goes over an unencrypted connection: set LIANDONG_SMTP_SECURITY")
    try:
        secret = await asyncio.to_thread(lambda: settings.smtp_secret)
    except (OSError, ValueError) as error:
        raise NotLetIn(f"LIANDONG_SMTP_PASSWORD_FILE cannot be read: {error}") from error
    if not secret:
        raise NotLetIn("there is no password: set LIANDONG_SMTP_PASSWORD_FILE or LIANDONG_SMTP_PASSWORD")
    try:
        if smtp.is_ehlo_or_helo_needed:
            await smtp.ehlo()
        await _say_who(smtp, settings.smtp_auth, settings.smtp_user, secret)
    except aiosmtplib.SMTPServerDisconnected:
        raise
    except aiosmtplib.SMTPResponseException as error:
        said = _without(secret, settings.smtp_user, error.message)
        raise NotLetIn(f"the login as {settings.smtp_user} was refused: {error.code} {said}") from None
    except aiosmtplib.SMTPException as error:
        raise NotLetIn(_without(secret, settings.smtp_user, str(error))) from None


async def _say_who(smtp: aiosmtplib.SMTP, way: str, user: str, secret: str) -> None:
    """Log in as ``user``; CRAM-MD5 and its like are not used: under TLS they protect nothing more."""
    if way == "auto":
        way = "login" if "plain" not in smtp.server_auth_methods else "plain"
    if way not in smtp.server_auth_methods:
        offered = " ".join(smtp.server_auth_methods).upper() or "none"
        raise aiosmtplib.SMTPException(f"the server does not offer AUTH {way.upper()} (offered: {offered})")
    ways = {"plain": smtp.auth_plain, "login": smtp.auth_login, "xoauth2": smtp.auth_xoauth2}
    await ways[way](user, secret)


def _without(secret: str, user: str, said: str) -> str:
    """Return what a server said without the secret, should it repeat it."""
    forms = (secret.encode(), f"\0{user}\0{secret}".encode(), f"user={user}\1auth=Bearer {secret}\1\1".encode())
    for form in (secret, *(base64.b64encode(form).decode() for form in forms)):
        said = said.replace(form, "…")
    return said[:300]


def _why_not_connected(error: BaseException, settings: Settings) -> str:
    """Return what is wrong in a sentence, with what to do where that is known."""
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ssl.SSLCertVerificationError):
            return (
                f"the certificate of {where} does not hold ({found.verify_message or found}); nothing was sent. "
                "If it is of an authority of your own, set LIANDONG_SMTP_CA_FILE"
            )
        if isinstance(found, ssl.SSLError):
            return f"no TLS with {where} ({found.reason or found}); does LIANDONG_SMTP_SECURITY fit the port?"
        found = found.__cause__ or found.__context__
    if settings.smtp_protection == "starttls" and "STARTTLS" in str(error):
        return f"{where} does not offer STARTTLS, so nothing was sent; somebody between may have taken it away"
    return f"{type(error).__name__}: {error}"
