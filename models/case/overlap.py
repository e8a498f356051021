"""Overlap: another application of the same applicant for the same project or cost basis."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from models.money import Fen, money
from models.policy import gives
from models.policy.data import Bilingual
from models.states import ApplicationState, name


@dataclass(frozen=True)
class Overlap:
    """Another application of the same applicant for the same project or cost basis."""

    number: str
    measure: int
    measure_title: Bilingual
    option: Bilingual
    gives: str
    title: str
    #: True where it is for the same project; False where only the cost basis is the same.
    same_project: bool
    state: ApplicationState
    #: What it asks for and what it was awarded, in fen; None while nothing is awarded.
    asked: Fen
    awarded: Fen | None

    def said(self, language: str) -> str:
        """Return what it asks for, or what it was given: ``申请 1,000万元 · 办理中``, ``已核定 800万元``."""
        option = self.option.get(language)
        if self.awarded is not None:
            return gives.done(self.gives, option, money(self.awarded, language), language)
        what = gives.asked_for(self.gives, option, money(self.asked, language), language)
        if language == "zh":
            return f"申请{' ' * (self.gives == 'money')}{what} · {name(self.state, language)}"
        return f"asks for {what} · {name(self.state, language).lower()}"

    def as_json(self) -> dict[str, Any]:
        """Return it as a letter's facts keep it."""
        names = {"measure_title": self.measure_title.model_dump(), "option": self.option.model_dump()}
        return asdict(self) | names | {"state": self.state.value}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Return what ``as_json`` wrote."""
        names = {key: Bilingual(**kept[key]) for key in ("measure_title", "option")}
        return cls(**(kept | names | {"state": ApplicationState(kept["state"])}))
