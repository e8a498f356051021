"""Reads each huge message in a process of its own: `python -m tests.fuzz.measure [NAME...]`; a line of JSON each."""

import json
import resource
import sys
import time

from notifications.reading import UnreadableMessage, read
from tests.support.hostile import HUGE


def measure(name: str) -> dict[str, object]:
    raw = HUGE[name]()
    before = time.process_time()
    try:
        reading = read(raw)
        said = str(reading.command or reading.problem)
    except UnreadableMessage as error:
        said = error.reason
    seconds = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"name": name, "bytes": len(raw), "seconds": round(seconds, 3), "megabytes": peak, "said": said}


if __name__ == "__main__":
    for name in sys.argv[1:] or HUGE:
        print(json.dumps(measure(name), ensure_ascii=False), flush=True)
