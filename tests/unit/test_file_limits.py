"""What is kept of the files of one reply."""

from hypothesis import given
from hypothesis import strategies as st

from models.files.file_limits import FileLimits

LIMITS = FileLimits(count=3, each=100, together=150, endings=frozenset({"pdf", "docx"}))


@given(st.lists(st.tuples(st.sampled_from(["a.pdf", "b.DOCX", "c.exe", "d", "pdf"]), st.integers(0, 200))))
def test_what_is_kept_is_never_beyond_a_limit(files: list[tuple[str, int]]) -> None:
    kept: list[tuple[str, int]] = []
    for name, size in files:
        fault = LIMITS.fault(name, size, len(kept), sum(one for _, one in kept))
        if fault is None:
            kept.append((name, size))
        else:
            assert all(fault)
    assert len(kept) <= 3
    assert sum(size for _, size in kept) <= 150
    assert all(0 < size <= 100 and name in ("a.pdf", "b.DOCX") for name, size in kept)
