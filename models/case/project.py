"""When two projects, or two contracts, are the same: by their names without width, case and spaces."""

import unicodedata


def project_key(title: str) -> str:
    """Return the title without width, case and spaces: what makes two projects the same."""
    return "".join(unicodedata.normalize("NFKC", title).casefold().split())[:200]
