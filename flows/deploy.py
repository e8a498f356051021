"""Work pool and deployments, made or brought up to date through Prefect's API. Safe to do twice."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.exceptions import ObjectAlreadyExists
from prefect.utilities.callables import parameter_schema
from prefect.workers.base import BaseWorker
from prefect.workers.process import ProcessWorker

from flows.approval_chain import approval_chain
from flows.sweep import sweep
from flows.worker import PassWorker
from models.settings import Settings

#: The pool of each ``work_pool_type``, and the worker class whose settings it takes.
POOLS: dict[str, tuple[str, type[BaseWorker[Any, Any, Any]]]] = {
    "liandong": ("liandong", PassWorker),
    "process": ("liandong-process", ProcessWorker),
}


async def deploy(client: PrefectClient, settings: Settings) -> UUID:
    """Make the work pool and both deployments; return the id of ``approval-chain``."""
    pool = await make_pool(client, settings.work_pool_type)
    every = IntervalSchedule(interval=timedelta(seconds=settings.sweep_seconds))
    await _deploy(client, sweep, "flows.sweep.sweep", pool, schedules=[DeploymentScheduleCreate(schedule=every)])
    return await _deploy(
        client,
        approval_chain,
        "flows.approval_chain.approval_chain",
        pool,
        parameter_openapi_schema=form_schema(),
        enforce_parameter_schema=False,  # what is wrong with a form is said by the run, in one sentence
    )


async def make_pool(client: PrefectClient, pool_type: str) -> str:
    """Return the name of the pool for ``pool_type``, made if it was missing."""
    name, worker = POOLS[pool_type]
    template = worker.get_default_base_job_template()
    with suppress(ObjectAlreadyExists):
        await client.create_work_pool(WorkPoolCreate(name=name, type=pool_type, base_job_template=template))
    return name


async def _deploy(client: PrefectClient, flow: Flow[..., Any], entrypoint: str, pool: str, **more: Any) -> UUID:
    flow_id = await client.create_flow(flow)
    return await client.create_deployment(
        flow_id=flow_id,
        name=flow.name,
        entrypoint=entrypoint,  # a module, found wherever Liandong is installed
        work_pool_name=pool,
        description=flow.description,
        **more,
    )


def form_schema() -> dict[str, Any]:
    """Return the schema behind the run form: the application's own form, without the choice of "null"."""
    schema = parameter_schema(approval_chain).model_dump()
    for name, field in schema["properties"].items():
        kinds = [kind for kind in field.pop("anyOf", []) if kind != {"type": "null"}]
        schema["properties"][name] = {k: v for k, v in field.items() if k != "default"} | kinds[0]
    return schema
