"""Does a style take its text out of sight? Read by declaration, with numbers and colours as numbers.

What cannot be worked out (a variable, a function) counts as hiding where it could hide.
"""

import re
from functools import lru_cache
from typing import NamedTuple

#: A value of these hides unless it is one of the words behind them.
_ONLY = {
    "visibility": {"visible", "inherit", "initial", "unset"},
    "content-visibility": {"visible", "auto"},
    "clip": {"auto"},
    "clip-path": {"none"},
    "filter": {"none"},
    "-ms-filter": set[str](),
    "content": set[str](),
    "translate": {"none"},
    "scale": {"none", "1"},
    "rotate": {"none"},
    "animation": {"none"},
    "animation-name": {"none"},
    "mix-blend-mode": {"normal"},
    "-webkit-text-security": {"none"},
    "-webkit-background-clip": {"border-box", "padding-box", "initial"},
    "background-clip": {"border-box", "padding-box", "initial"},
    "direction": {"ltr", "inherit", "initial"},
    "backface-visibility": {"visible"},
    "-webkit-backface-visibility": {"visible"},
    "order": {"0"},
    "mask": {"none"},
    "mask-image": {"none"},
    "-webkit-mask": {"none"},
    "-webkit-mask-image": {"none"},
}
#: A value of these hides where it has one of these words.
_WORDS = {
    "display": re.compile(r"none|\("),
    "mso-hide": re.compile("all"),
    "text-decoration": re.compile("line-through|var"),
    "text-decoration-line": re.compile("line-through|var"),
    "transform": re.compile("scale|translate|rotate|matrix|skew"),
    "-webkit-transform": re.compile("scale|translate|rotate|matrix|skew"),
    "unicode-bidi": re.compile("override"),
    "flex-direction": re.compile("reverse"),
    "flex-flow": re.compile("reverse"),
    "flex-wrap": re.compile("reverse"),
    "-webkit-text-fill-color": re.compile("transparent|var"),
}
_AWAY = re.compile(r"text-indent|left|right|top|bottom|inset.*|(?:margin|padding)(?:-(?:left|right|top|bottom))?")
_SIZES = re.compile(r"(?:max-)?(?:height|width)|(?:max-)?(?:block|inline)-size")
_NUMBER = re.compile(r"(?<![#\w.])([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(%|[a-z]+)?", re.IGNORECASE)
#: Letters smaller than this are not read; further out than this nobody looks. In pixels, a unit of the font being 16.
SMALLEST, FARTHEST = 5.0, (-100.0, 900.0)
_PIXELS = {"": 1.0, "px": 1.0, "pt": 1.33, "em": 16.0, "rem": 16.0, "%": 8.0, "cm": 37.8, "mm": 3.78, "in": 96.0}
_PIXELS |= {"ex": 8.0, "ch": 8.0, "vw": 8.0, "vh": 8.0, "pc": 16.0, "q": 0.94}
_OF_FONT = _PIXELS | {"%": 0.16}
_PALE = re.compile(r"white(?:smoke)?|snow|ivory|ghostwhite|floralwhite|mintcream|azure|transparent|canvas")
_INHERITED = frozenset({"", "inherit", "initial", "unset", "currentcolor", "auto"})
_KNOWN = {"white": (255, 255, 255), "black": (0, 0, 0), "red": (255, 0, 0), "blue": (0, 0, 255), "gray": (128,) * 3}


#: Characters of a style; a longer one hides whatever it may say.
LONGEST = 4_000


class Colours(NamedTuple):
    """The colour of letters and of what is behind them, as far as they are known: red, green, blue."""

    letters: tuple[int, ...] | None = None
    ground: tuple[int, ...] | None = None

    @property
    def alike(self) -> bool:
        """True where nobody can tell them apart."""
        if self.letters is None or self.ground is None:
            return False
        return all(abs(a - b) <= 24 for a, b in zip(self.letters, self.ground, strict=True))

    def within(self, style: str, letters: str = "", ground: str = "") -> "Colours":
        """Return those inside an element with ``style`` and these colours of its attributes."""
        if not (style or letters or ground):
            return self
        inner = _within(declarations(style[:LONGEST]), letters, ground)
        return Colours(inner.letters or self.letters, inner.ground or self.ground)


def _within(said: dict[str, str], letters: str = "", ground: str = "") -> Colours:
    behind = said.get("background-color") or said.get("background") or ground
    return Colours(rgb(said.get("color") or letters), rgb(behind))


def declarations(style: str) -> dict[str, str]:
    """Return the properties of a style and their values, in lower case; of one that is there twice the last."""
    pairs = (one.partition(":") for one in style.lower().split(";"))
    return {
        name.strip(): " ".join(value.replace("!important", "").split()) for name, _, value in pairs if value.strip()
    }


def hides(style: str, *, colours: bool = True) -> bool:
    """Tell whether a style takes its text out of sight; without ``colours``, what these do is left aside."""
    return len(style) > LONGEST or _hidden(style, colours)


@lru_cache(maxsize=512)
def _hidden(style: str, colours: bool) -> bool:
    if "\\" in style or "/*" in style:  # they can spell anything
        return True
    said = declarations(style)
    if colours and "color" in said and (pale(said["color"]) or _within(said).alike):
        return True
    return any(_hides(name, value) for name, value in said.items())


def _hides(name: str, value: str) -> bool:
    if name in _ONLY:
        return value not in _ONLY[name]
    if name in _WORDS:
        return _WORDS[name].search(value) is not None
    if name in ("opacity", "zoom"):
        return _least(value, name) < 0.3
    if name == "z-index":
        return value.startswith("-")
    if name in ("font-size", "font"):
        return _is_small(value.partition("/")[0] if name == "font" else value, bare=name == "font-size" or "/" in value)
    if name in ("letter-spacing", "word-spacing"):
        return any(pixels < -4 for pixels in _pixels(value))
    if _SIZES.fullmatch(name):
        return bool(found := _pixels(value)) and max(map(abs, found)) < 2
    return _AWAY.fullmatch(name) is not None and any(
        not FARTHEST[0] < pixels < FARTHEST[1] for pixels in _pixels(value)
    )


def _least(value: str, name: str) -> float:
    found = [float(number) / (100 if unit == "%" else 1) for number, unit in _NUMBER.findall(value)]
    words = {"opacity": {"inherit", "initial", "unset"}, "zoom": {"normal", "reset"}}
    return min(found) if found else 1.0 if value in words[name] else 0.0


def _is_small(value: str, *, bare: bool) -> bool:
    """Tell whether a font's size is too small; ``bare``: a number without a unit is a size too."""
    sizes = [(float(n), unit) for n, unit in _NUMBER.findall(value) if unit or bare or not float(n)]
    return "var(" in value or any(n * _OF_FONT.get(unit.lower(), 1.0) < SMALLEST for n, unit in sizes)


def _pixels(value: str) -> list[float]:
    return [float(number) * _PIXELS.get(unit.lower(), 1.0) for number, unit in _NUMBER.findall(value)]


def pale(colour: str) -> bool:
    """Tell whether letters of this colour are not seen on a page of the usual one, or nobody can say what it is."""
    colour = colour.strip().lower()
    if colour in _INHERITED:
        return False
    found = rgb(colour)
    if found is not None:
        return min(found) >= 224 or _alpha(colour) < 0.3
    return bool(_PALE.fullmatch(colour)) or "(" in colour


def rgb(colour: str) -> tuple[int, ...] | None:
    """Return red, green and blue; None for what is none, or a name that is not known here."""
    colour = colour.strip().lower()
    if found := re.match(r"#?([0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})(?![0-9a-z(])", colour):
        digits = found[1] if len(found[1]) > 4 else "".join(c * 2 for c in found[1])
        return tuple(int(digits[n : n + 2], 16) for n in (0, 2, 4))
    if found := re.match(r"(rgba?|hsla?)\(([^()]*)\)", colour):
        numbers = [(float(n), unit) for n, unit in _NUMBER.findall(found[2])][:3]
        if len(numbers) < 3:
            return None
        if found[1].startswith("hsl"):
            return _of_lightness(numbers[1][0], numbers[2][0])
        return tuple(min(255, round(n * 2.55 if unit == "%" else n)) for n, unit in numbers)
    return _KNOWN.get(colour.split(" ")[0])


def _of_lightness(saturation: float, lightness: float) -> tuple[int, ...] | None:
    """Return a grey for what is nearly white or has no hue; the others are colours that are seen."""
    return (min(255, round(lightness * 2.55)),) * 3 if lightness >= 88 or saturation < 5 else None


def _alpha(colour: str) -> float:
    if found := re.match(r"#([0-9a-f]{8}|[0-9a-f]{4})(?![0-9a-z])", colour):
        digits = found[1][6:] if len(found[1]) == 8 else found[1][3] * 2
        return int(digits, 16) / 255
    numbers = _NUMBER.findall(colour.partition("(")[2])
    return float(numbers[3][0]) / (100 if numbers[3][1] == "%" else 1) if len(numbers) > 3 else 1.0
