"""Reads each huge message in a process of its own: `python -m tests.fuzz.measure [NAME...]`; a line of JSON each."""

import json
import re
import sys
import time
from pathlib import Path

from notifications.reading import UnreadableMessage, read
from tests.support.hostile import HUGE


def peak_megabytes() -> int:
    """The most memory that this process has held; what getrusage says also counts the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) // 1024


def measure(name: str) -> dict[str, object]:
    raw = HUGE[name]()
    before = time.process_time()
    try:
        reading = read(raw)
        said = str(reading.command or reading.problem)
    except UnreadableMessage as error:
        said = error.reason
    seconds = time.process_time() - before
    return {"name": name, "bytes": len(raw), "seconds": round(seconds, 3), "megabytes": peak_megabytes(), "said": said}


if __name__ == "__main__":
    for name in sys.argv[1:] or HUGE:
        print(json.dumps(measure(name), ensure_ascii=False), flush=True)
