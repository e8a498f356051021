"""Scores: what a sheet comes to, the trimmed mean of all sheets, whether that reaches the threshold. Exact, pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from models.errors import LiandongError
from models.panel.block import WHOLE, Panel


class SheetIncomplete(LiandongError):
    """A criterion has no score, or one that the sheet does not allow; ``field`` is the criterion's key."""

    def __init__(self, field: str, zh: str, en: str) -> None:
        self.field = field
        super().__init__(zh, en)


def check_sheet(panel: Panel, points: Mapping[str, int]) -> None:
    """See that ``points`` fill the sheet: every criterion, whole points from 0 to its most, and nothing else.

    Raises:
        SheetIncomplete: at the first criterion that is wrong.

    """
    for criterion in panel.sheet:
        zh, en, most = criterion.name.zh, criterion.name.en, criterion.max
        given = points.get(criterion.key)
        if given is None:
            raise SheetIncomplete(criterion.key, f"请为“{zh}”评分。", f"Score “{en}”.")
        if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= most:
            raise SheetIncomplete(
                criterion.key,
                f"“{zh}”须为 0 至 {most} 的整数。",
                f"“{en}” takes whole points from 0 to {most}.",
            )
    if unknown := sorted(set(points) - {criterion.key for criterion in panel.sheet}):
        raise SheetIncomplete(
            unknown[0], f"评分表中没有“{unknown[0]}”这一项。", f"The sheet has no line {unknown[0]!r}."
        )


def score_of(panel: Panel, points: Mapping[str, int]) -> Fraction:
    """Return the score of a sheet in points of 100: each criterion's share of its most, by weight."""
    parts = (one.weight * Fraction(points[one.key], one.max) for one in panel.sheet)
    return sum(parts, Fraction(0)) * WHOLE


def mean(scores: Iterable[Fraction]) -> Fraction:
    """Return the plain mean.

    Raises:
        ValueError: there are no scores.

    """
    all_ = list(scores)
    if not all_:
        raise ValueError("no scores")
    return sum(all_, Fraction(0)) / len(all_)


def trimmed_mean(scores: Sequence[Fraction], trim: int) -> Fraction:
    """Return the mean without the ``trim`` highest and the ``trim`` lowest scores.

    Raises:
        ValueError: nothing would be left.

    """
    if len(scores) <= 2 * trim:
        raise ValueError(f"{trim} at each end of {len(scores)} scores leaves none")
    return mean(sorted(scores)[trim : len(scores) - trim])


@dataclass(frozen=True)
class Result:
    """What a panel came to when it closed; all in points of 100."""

    #: In the order of the seats.
    scores: tuple[Fraction, ...]
    trimmed: Fraction
    #: Of all scores.
    plain: Fraction
    #: How many were left out at each end.
    trim: int
    threshold: Fraction

    @property
    def passed(self) -> bool:
        """Return whether the trimmed mean reaches the threshold."""
        return self.trimmed >= self.threshold

    def said(self, language: str) -> str:
        """Return it as one sentence with the figures and what they were held against."""
        n, figure, least = len(self.scores), shown(self.trimmed), shown(self.threshold)
        if language == "zh":
            cut = f"{n} 位专家评分，去掉最高、最低各 {self.trim} 个" if self.trim else f"{n} 位专家评分"
            return f"{cut}，平均 {figure} 分，{'达到' if self.passed else '低于'} {least} 分的入围线。"
        cut = f" without the {self.trim} highest and the {self.trim} lowest" if self.trim else ""
        side = "reaches" if self.passed else "is below"
        return f"The mean of {n} experts' scores{cut} is {figure}, which {side} the threshold of {least}."


def result_of(panel: Panel, sheets: Sequence[Mapping[str, int]]) -> Result:
    """Return what ``sheets``, in the order of the seats, come to.

    Raises:
        ValueError: there are fewer than the panel needs.

    """
    if len(sheets) < panel.min_scores:
        raise ValueError(f"{len(sheets)} scores, and the panel needs {panel.min_scores}")
    scores = tuple(score_of(panel, points) for points in sheets)
    return Result(scores, trimmed_mean(scores, panel.trim), mean(scores), panel.trim, panel.threshold)


def shown(points: Fraction) -> str:
    """Return points with two decimals, cut and never rounded up: what is below a threshold also looks so."""
    hundredths = points * 100 // 1
    return f"{hundredths // 100}.{hundredths % 100:02}"
