"""The faults of a file that somebody sent: the first ones, and of the others only how many there are. Pure."""

from dataclasses import dataclass, field

from models.errors import Fault

#: Nobody reads more; the rest is counted.
MAX_FAULTS = 100


@dataclass
class FaultList:
    """The first faults of a file; of the others only how many there are."""

    first: list[Fault] = field(default_factory=list)
    more: int = 0

    def add(self, where: str, zh: str, en: str) -> None:
        """Note a fault at ``where``."""
        if len(self.first) < MAX_FAULTS:
            self.first.append(Fault(where, zh, en))
        else:
            self.more += 1

    def told(self) -> list[Fault]:
        """Return the first faults, and one that says how many more there are."""
        if not self.more:
            return self.first
        return [*self.first, Fault("文件 file", f"另有 {self.more:,} 处不合要求", f"has {self.more:,} more faults")]
