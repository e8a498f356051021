"""Runs whose worker died in mid-pass: the next worker on the machine puts them back when it starts.

Who took a run stands in the message of its Pending state, where it costs no request of its own. What cannot
be told from that (another machine, a process id that was used again) the sweep finds later.
"""

import os
import secrets
import socket

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun

from flows.runs import put_back
from flows.sweep import in_mid_pass

TAKEN_BY = "Taken by "


#: Tells processes apart that get the same id one after the other, as in a container.
_BIRTH = secrets.token_hex(2)


def worker_name() -> str:
    """Return the name of this process's worker: ``liandong@host-1234-9f3c``."""
    return f"liandong@{socket.gethostname()}-{os.getpid()}-{_BIRTH}"


def taken_by(worker: str) -> str:
    """Return the message with which ``worker`` takes a run."""
    return f"{TAKEN_BY}{worker}"


async def put_back_orphans(client: PrefectClient) -> int:
    """Schedule the runs of dead workers of this machine again; return how many."""
    orphans = [run for run in await in_mid_pass(client) if is_dead(await _owner(client, run), worker_name())]
    for run in orphans:
        await put_back(client, run)
    return len(orphans)


async def _owner(client: PrefectClient, run: FlowRun) -> str:
    """Return the name of the worker that took the run last; empty where nobody says so."""
    states = await client.read_flow_run_states(run.id)
    said = [s.message for s in sorted(states, key=lambda s: s.timestamp) if (s.message or "").startswith(TAKEN_BY)]
    return str(said[-1]).removeprefix(TAKEN_BY) if said else ""


def is_dead(worker: str, me: str) -> bool:
    """Return whether ``worker`` ran on the machine of ``me`` and is no more."""
    host, pid, birth = [*worker.rsplit("-", 2), "", ""][:3]
    my_host, my_pid, my_birth = me.rsplit("-", 2)
    if host != my_host or not pid.isdigit():
        return False
    if pid == my_pid:
        return birth != my_birth
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
