"""Bring a run's page in Prefect up to date: stages, name, tags, dossier. Says nothing twice."""

from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import ArtifactCreate
from prefect.client.schemas.filters import (
    ArtifactCollectionFilter,
    ArtifactCollectionFilterKey,
    FlowRunFilter,
    TaskRunFilter,
)
from prefect.client.schemas.objects import TaskRun
from prefect.client.schemas.sorting import ArtifactCollectionSort

from flows import page
from flows.dossier import artifact_key, dossier
from flows.stages import show_stages
from models.road.standing import Standing


async def show(client: PrefectClient, run_id: UUID, standing: Standing, shown: dict[UUID, TaskRun]) -> None:
    """Show ``standing`` on the page of ``run_id``, where ``shown`` is there already."""
    await show_stages(client, run_id, page.stages(standing), shown)
    await client.update_flow_run(run_id, name=page.run_name(standing), tags=page.tags(standing))
    await _show_dossier(client, run_id, standing)


async def _show_dossier(client: PrefectClient, run_id: UUID, standing: Standing) -> None:
    """Add a version of the dossier where its text changed."""
    key, text = artifact_key(standing), dossier(standing)
    latest = await client.read_latest_artifacts(  # the API refuses filters and an order that are left out
        artifact_filter=ArtifactCollectionFilter(key=ArtifactCollectionFilterKey(any_=[key])),
        flow_run_filter=FlowRunFilter(),
        task_run_filter=TaskRunFilter(),
        sort=ArtifactCollectionSort.ID_DESC,
        limit=1,
    )
    if latest and latest[0].data == text and latest[0].flow_run_id == run_id:
        return
    await client.create_artifact(
        ArtifactCreate(
            key=key,
            type="markdown",
            data=text,
            flow_run_id=run_id,
            description=f"{page.now_zh(standing)} · 版本 version {standing.version} · {standing.title}",
        )
    )
