"""Release: which case pays which instalment of an award; and what a policy must say so that releases can be opened."""

from collections.abc import Iterator

from sqlmodel import Field, SQLModel

from models.policy.instalments import AT_ONCE, Instalment, instalment_faults
from models.policy.measure import Option
from models.policy.policy import Policy
from models.road.quorum import Quorum


class Release(SQLModel, table=True):
    """The case that pays an instalment; written once."""

    __tablename__ = "release"

    #: The release's own row in ``application``.
    case_id: str = Field(foreign_key="application.id", primary_key=True, max_length=32)
    award_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    #: The key of the instalment.
    milestone: str = Field(max_length=60)


def instalments_of(policy: Policy, option: Option) -> tuple[Instalment, ...]:
    """Return the parts in which an award of ``option`` is paid."""
    return option.instalments or policy.instalments or AT_ONCE


def release_faults(policy: Policy) -> Iterator[str]:
    """Yield why releases could not travel their road, or awards could not be paid in parts."""
    for name, keys in policy.roads.items():
        acts = [policy.stages[key].act for key in keys if key in policy.stages]
        if name != policy.release_road and "release" in acts:
            yield f"road {name!r} has a stage of releases; only `release_road` may"
    yield from instalment_faults(policy.instalments)
    if policy.release_road is None:
        return
    if policy.release_road not in policy.roads:
        yield f"there is no road {policy.release_road!r}; choose from: {', '.join(sorted(policy.roads))}"
        return
    stages = [policy.stages[key] for key in policy.roads[policy.release_road] if key in policy.stages]
    if [(stage.act, stage.asks) for stage in stages] != [("release", "payers")]:
        yield "the road of releases is the one stage that asks the payers to release"
    yield from (
        "everybody who pays must agree to a release: its stage has `quorum: all` and nothing else"
        for stage in stages
        if stage.quorum != Quorum()
    )
    for stage in stages:
        late = stage.late or policy.house_rules.late
        if late.at_end is not None and late.at_end.does == "pass":
            yield "nobody's money is released because they were silent: `at_end` of its stage cannot be `pass`"
