"""Each colour of a letter can be read on what is behind it, on light screens and on dark ones (WCAG 2.1, 1.4.3)."""

import re

import pytest

from notifications.rendering.styles import LAYOUTS

LEAST = 4.5
#: Class of a text -> class of what is behind it, where it is not the card.
BEHIND = {"above": "ground", "said": "said", "button": "key"}
#: The words of the hidden line have the colour of the ground on purpose.
HIDDEN = "preview"


def rules(sheet: str) -> dict[str, dict[str, str]]:
    """Return the declarations of each simple selector, the last that says something winning."""
    found: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        said = dict(re.findall(r"(?:^|;)\s*([a-z-]+):\s*([^;]+?)(?:!important)?\s*(?=;|$)", body))
        for selector in selectors.split(","):
            found.setdefault(selector.strip().rpartition("*/")[2].strip().removeprefix("."), {}).update(said)
    return found


def themes() -> dict[str, dict[str, dict[str, str]]]:
    light = rules((LAYOUTS / "letter.css").read_text("utf-8"))
    screens = (LAYOUTS / "screens.css").read_text("utf-8")
    dark = rules(screens.partition("(prefers-color-scheme:dark){")[2].partition("\n}\n")[0])
    return {"light": light, "dark": {name: said | dark.get(name, {}) for name, said in light.items()}}


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


TEXTS = sorted({name for name, said in themes()["light"].items() if "color" in said} - {HIDDEN} | {"said"})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
def test_a_text_can_be_read_on_what_is_behind_it(theme: str, text: str) -> None:
    sheet = themes()[theme]
    behind = sheet[BEHIND.get(text, "card")]["background"]
    colour = sheet[text].get("color") or sheet["middle"]["color"]
    assert contrast(colour, behind) >= LEAST, (colour, behind)


def test_the_sheet_is_read_at_all() -> None:
    assert {"above", "button", "foot", "go", "label", "middle", "value"} <= set(TEXTS)
    assert themes()["dark"]["card"]["background"] != themes()["light"]["card"]["background"]
