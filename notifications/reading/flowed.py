"""format=flowed (RFC 3676): lines that a program broke become whole again."""

import re

_QUOTED = re.compile(r"(>*)( ?)(.*)", re.DOTALL)


def whole(text: str, *, delsp: bool) -> str:
    """Join the flowed lines of ``text``; with ``delsp`` the space that marks them goes (4.1, 4.2, 4.5)."""
    lines: list[str] = []
    open_at: int | None = None
    for line in text.split("\n"):
        match = _QUOTED.fullmatch(line)
        depth, content = (len(match[1]), match[3]) if match else (0, line)
        is_signature = content == "-- "
        flows = content.endswith(" ") and not is_signature
        piece = content[:-1] if flows and delsp else content
        if open_at == depth and not is_signature:
            lines[-1] += piece
        else:
            lines.append(f"{'>' * depth} {piece}" if depth else piece)
        open_at = depth if flows else None
    return "\n".join(lines)
