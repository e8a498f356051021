"""What is printed: one table, each figure beside the aim and the floor, and notes on where the time went."""

from collections.abc import Callable

from rich.table import Table

from benchmarks.measure import Figures, quantile

#: The aims (the issue, under Proof): of the floor's decisions per second, times its latency, seconds of a pass.
LEAST_RATE, MOST_LATENCY, MOST_PASS = 0.5, 2.0, 1.0
FLOOR, ALONE, BESIDE = "floor", "Liandong", "Liandong, Prefect beside"
NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}

Results = dict[str, dict[str, Figures]]


def table(results: Results) -> Table:
    made = Table(title="Decisions by link, and what follows", show_lines=True)
    for title in ("", "decisions/s\n16 clients", "until letters\nare out, /s", "answer ms\np50 · p99",
                  "next letter ms\np50 · p99", "CPU ms\na decision", "idle pass s\np50 · p99",
                  "passes/s\nfirst · later"):  # fmt: skip
        made.add_column(title, justify="right" if title else "left")
    made.add_row(
        "[dim]aim[/]", f"[dim]≥ {LEAST_RATE:g} × floor[/]", "", "", f"[dim]≤ {MOST_LATENCY:g} × floor[/]", "",
        f"[dim]< {MOST_PASS:g} s[/]", "",
    )  # fmt: skip
    for backend, sides in results.items():
        for name, figures in sides.items():
            made.add_row(f"{NAMES[backend]}\n{name}", *_cells(figures, sides.get(FLOOR), name == FLOOR))
    return made


def _cells(f: Figures, floor: Figures | None, is_floor: bool) -> list[str]:
    against = None if is_floor else floor
    cells = [
        _against(f"{f.rate:.0f}", against, lambda x: x.rate, f, lambda ratio: ratio >= LEAST_RATE),
        _against(f"{f.rate_with_letters:.0f}", against, lambda x: x.rate_with_letters, f),
        _spread(f.answer_times, against and against.answer_times),
        _spread(f.letter_times, against and against.letter_times, lambda ratio: ratio <= MOST_LATENCY),
        _against(f"{f.cpu_ms:.2f}", against, lambda x: x.cpu_ms, f),
    ]
    if (p := f.passes) is None:
        return [*cells, "", ""]
    every = p.first + p.later
    verdict = _verdict(quantile(every, 0.99) < MOST_PASS)
    first, later = (f"{quantile(times, 0.5):.2f} · {quantile(times, 0.99):.2f}" for times in (p.first, p.later))
    return [*cells, f"first {first}\nlater {later}\n{verdict}", f"{p.first_rate:.1f} · {p.later_rate:.1f}"]


def _against(
    shown: str,
    floor: Figures | None,
    figure: Callable[[Figures], float],
    ours: Figures,
    good: Callable[[float], bool] | None = None,
) -> str:
    if floor is None:
        return shown
    ratio = figure(ours) / figure(floor)
    return f"{shown}\n{ratio:.2f} ×" + (f"\n{_verdict(good(ratio))}" if good else "")


def _spread(ours: list[float], floor: list[float] | None, good: Callable[[float], bool] | None = None) -> str:
    both = [quantile(ours, share) for share in (0.5, 0.99)]
    shown = " · ".join(f"{x:.1f}" for x in both)
    if not floor:
        return shown
    ratios = [x / quantile(floor, share) for x, share in zip(both, (0.5, 0.99), strict=True)]
    verdict = f"\n{' · '.join(_verdict(good(ratio)) for ratio in ratios)}" if good else ""
    return f"{shown}\n{' · '.join(f'{ratio:.2f}' for ratio in ratios)} ×{verdict}"


def _verdict(good: bool) -> str:
    return "[green]reached[/]" if good else "[red]not reached[/]"


def notes(results: Results) -> list[str]:
    """Return where the CPU time went, and whether both sides wrote the same rows."""
    lines = ["CPU ms a decision by process (client and sink are not counted as ours; nor is Prefect):"]
    for backend, sides in results.items():
        for name, f in ((name, f) for name, f in sides.items() if f.answered):
            parts = sorted(f.cpu.items(), key=lambda item: -item[1])
            used = ", ".join(f"{part} {seconds / f.answered * 1e3:.2f}" for part, seconds in parts)
            cores = sum(f.cpu.values()) / f.seconds_with_letters
            lines.append(
                f"  {NAMES[backend]}, {name}: {used}; together {cores:.1f} cores, "
                f"programs besides this benchmark {f.others / f.seconds_with_letters:.1f}"
            )
            if f.passes is not None:
                used = ", ".join(f"{part} {seconds * 1e3:.0f}" for part, seconds in f.passes.cpu.items())
                lines.append(f"    CPU ms a pass, with {f.passes.waiting} wake-ups waiting: {used}")
    for backend, sides in results.items():
        if FLOOR in sides and ALONE in sides:
            lines.append(f"Rows at the end, {NAMES[backend]}: {_same(sides[FLOOR].rows, sides[ALONE].rows)}")
    return lines


def _same(floor: dict[str, int], ours: dict[str, int]) -> str:
    different = [k for k in sorted(floor.keys() | ours.keys()) if floor.get(k) != ours.get(k)]
    if different:
        return "DIFFER, the comparison is off: " + ", ".join(
            f"{k} floor {floor.get(k)} ours {ours.get(k)}" for k in different
        )
    return "the same in number and kind (" + ", ".join(f"{k} {n:,}" for k, n in ours.items()) + ")"
