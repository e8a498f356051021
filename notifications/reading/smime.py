"""Opaque S/MIME signatures (RFC 8551, 3.5.2): the message inside, unverified. Who wrote it is for others to prove."""

from email.message import Message

from asn1crypto import cms

#: Nothing of these is a file of the sender's: a signature over what was read.
SIGNATURES = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/pgp-keys",
    }
)
TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})


def is_encrypted(part: Message) -> bool:
    """Tell whether only its reader's key opens the part (RFC 8551, 3.3; RFC 3156, 4)."""
    if part.get_content_type() == "multipart/encrypted":
        return True
    kind = str(part.get_param("smime-type") or "").lower()
    return part.get_content_type() in TYPES and kind in {"enveloped-data", "authenveloped-data"}


def signed(content: bytes) -> bytes:
    """Return the bytes that were signed; nothing where there are none. Raises ValueError on what is no CMS."""
    outer = cms.ContentInfo.load(content)
    if outer["content_type"].native != "signed_data":
        return b""
    inner = outer["content"]["encap_content_info"]["content"]
    found = inner.native if inner is not None else b""
    return found if isinstance(found, bytes) else b""
