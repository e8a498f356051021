"""Which domain may speak for which: alignment (RFC 7489, section 3.1)."""

from functools import lru_cache

from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=1)
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=4096)
def organisation_of(domain: str) -> str | None:
    """Return the organisational domain of ``domain``; None where it is a public suffix (``gov.cn``) itself."""
    found = _public_suffixes().privatesuffix(domain.lower())
    return str(found) if found else None


def aligned(sender: str, other: str) -> bool:
    """Tell whether ``other`` may speak for the From domain ``sender``.

    It is the same, or above or below it in one organisation. Narrower than DMARC's relaxed
    alignment, under which two neighbours may speak for each other: all offices of a province have one organisational
    domain (``zj.gov.cn``), and one office must not answer for another.
    """
    a, b = sender.lower(), other.lower()
    if not a or not b:
        return False
    organisation = organisation_of(a)
    related = a == b or a.endswith(f".{b}") or b.endswith(f".{a}")
    return related and organisation is not None and organisation == organisation_of(b)
