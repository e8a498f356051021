"""Fuzzes the whole judging path, led by coverage: `make fuzz`, until stopped or for ARGS=-max_total_time=SECONDS."""

import datetime as dt
import random
import sys

import atheris

with atheris.instrument_imports(include=["notifications", "email", "models.case.sums"]):
    from notifications.authentic import Trust
    from notifications.judging.objections import objection_in
    from notifications.judging.verdicts import supposed, would_do
    from notifications.reading import UnreadableMessage, read

from tests.fuzz.mutations import mutated

TRUST, NOW = Trust(authserv_id="mx.county.example.cn"), dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
ACTS = ("", "report", "accept", "public_notice", "expert_panel")


def check(data: bytes) -> None:
    """Read one input as a reply and as an objection; any exception but the reader's own is found."""
    act = ACTS[len(data) % len(ACTS)]
    try:
        reading = read(data, act)
    except UnreadableMessage:
        reading = None
    if reading is not None and (reading.command is None) != (reading.problem is not None):
        raise AssertionError("a command and a problem, or neither")
    would_do(data, supposed("zhang.wei@county.example.cn", "reply+k3y@liandong.example", act, NOW), TRUST, None)
    objection_in(data)


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Half of the changes know mail, half are the fuzzer's own."""
    chance = random.Random(seed)
    changed = mutated(data, chance) if seed % 2 else atheris.Mutate(data, max_size)
    return bytes(changed[:max_size])


if __name__ == "__main__":
    atheris.Setup(sys.argv, check, custom_mutator=mutate)
    atheris.Fuzz()
