"""What is kept of the files of one reply: how many, how large, of which kinds. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FileLimits:
    """What is kept of the files of one reply."""

    count: int = 10
    #: Bytes of one file, and of all together.
    each: int = 10_000_000
    together: int = 20_000_000
    #: What a name may end with, lower case, without the dot.
    endings: frozenset[str] = frozenset()

    def fault(self, name: str, size: int, kept: int, taken: int) -> tuple[str, str] | None:
        """Return why a file is not kept beside ``kept`` others of ``taken`` bytes, in both languages; None: it is."""
        ending = name.rpartition(".")[2].lower() if "." in name else ""
        if ending not in self.endings:
            return "这种文件不予保存", "files of this kind are not kept"
        if size == 0:
            return "文件是空的", "it is empty"
        if size > self.each:
            return f"超过 {_megabytes(self.each)} 的上限", f"it has more than {_megabytes(self.each)}"
        if kept >= self.count:
            return f"一封来信至多保存 {self.count} 个文件", f"of one message at most {self.count} files are kept"
        if taken + size > self.together:
            most = _megabytes(self.together)
            return f"一封来信的文件合计至多 {most}", f"the files of one message may have {most} together"
        return None


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:g} MB"
