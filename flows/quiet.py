"""Keeps out of a run's log what would frighten or bore its reader."""

import logging

#: Prefect says these at each pass; "Finished in state Suspended" even as an error, though it is what we want.
NOISE = (
    "Beginning flow run",
    "Suspending flow run",
    "Finished in state Suspended",
    "View at ",
)


def quiet() -> None:
    """Drop Prefect's own lines about passes from the log of this process's runs. Safe to do twice."""
    logging.getLogger("prefect.flow_runs").addFilter(_is_no_noise)
    logging.getLogger("prefect.task_runs").setLevel(logging.WARNING)
    logging.getLogger("prefect.flow_runs.worker").setLevel(logging.WARNING)


def _is_no_noise(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(NOISE)
