"""What every piece of a policy's data shares."""

from pydantic import BaseModel, ConfigDict


class Data(BaseModel):
    """Immutable, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Data):
    """A name in Chinese and in English."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        """Return the name in ``language`` (``zh`` or ``en``)."""
        return self.zh if language == "zh" else self.en
