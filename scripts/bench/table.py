"""The results, as aligned lines for a terminal and as Markdown for a file."""

from collections.abc import Iterable, Mapping, Sequence

from scripts.bench.rows import Growth, Missing, Result, Row

HEAD = ("stage", "what", "unit", "ours", "runs", "beside", "theirs", "ratio", "goal", "")
_GROWTH_SIZES = {10: "10", 10**2: "10²", 10**3: "10³", 10**4: "10⁴", 10**5: "10⁵", 10**6: "10⁶"}
_GROWTH_HEAD = ("stage", "each costs, of as many", "unit", *_GROWTH_SIZES.values(), "growth")
_INTRODUCTION = (
    "Ratio is ours divided by theirs. Where there are several runs, ours took turns with those of"
    " the peers, of which slow ones took fewer, and a figure is the median. Goals are set for the"
    " sizes of a full run. Growth is from the second fewest to the most."
)
_HUNDRED = 100
_MET = {True: "met", False: "missed", None: ""}


def command(stage: str) -> str:
    """What runs one stage alone."""
    return f"python -m scripts.bench {stage}"


def figure(value: float | None) -> str:
    """Three significant digits, or all digits before the point."""
    if value is None:
        return "—"
    if abs(value) >= _HUNDRED:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def cells(row: Row) -> tuple[str, ...]:
    """A row of the table as text, in the order of `HEAD`."""
    return (
        row.stage,
        row.size,
        row.unit,
        figure(row.ours),
        str(row.runs),
        row.peer,
        figure(row.theirs),
        figure(row.ratio),
        "" if row.goal is None else str(row.goal),
        _MET[row.met],
    )


def terminal(results: Sequence[Result], machine: Mapping[str, str]) -> str:
    """All results, for people who ran them."""
    parts = [_aligned([HEAD, *map(cells, _rows(results))])]
    if growths := _growths(results):
        parts.append(_aligned([_GROWTH_HEAD, *map(_growth_cells, growths)]))
    parts.append("\n".join(_notes(results)))
    parts.append("\n".join(f"{name}: {value}" for name, value in machine.items()))
    return "\n\n".join(part for part in parts if part) + "\n"


def markdown(results: Sequence[Result], machine: Mapping[str, str]) -> str:
    """All results, for a file."""
    rows = _rows(results)
    parts = [
        "# What `make bench` measured",
        _INTRODUCTION,
        _piped([HEAD, *map(cells, rows)]),
    ]
    if growths := _growths(results):
        parts += ["## Growth", _piped([_GROWTH_HEAD, *map(_growth_cells, growths)])]
    if notes := _notes(results):
        parts += ["## Notes", "\n".join(f"- {note}" for note in notes)]
    stages = dict.fromkeys(result.stage for result in results)
    parts += [
        "## One stage alone",
        "\n".join(f"- `{command(stage)}`" for stage in stages),
        "## The machine",
        "\n".join(f"- {name}: {value}" for name, value in machine.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _rows(results: Iterable[Result]) -> list[Row]:
    return [result for result in results if isinstance(result, Row)]


def _growths(results: Iterable[Result]) -> list[Growth]:
    return [result for result in results if isinstance(result, Growth)]


def _growth_cells(growth: Growth) -> tuple[str, ...]:
    costs = (figure(growth.costs.get(size)) for size in _GROWTH_SIZES)
    return (growth.stage, growth.what, growth.unit, *costs, figure(growth.factor))


def _notes(results: Iterable[Result]) -> list[str]:
    notes = []
    for result in results:
        if isinstance(result, Missing):
            notes.append(f"{result.stage}: not measured: {result.reason}")
        elif isinstance(result, Row) and result.note:
            notes.append(f"{result.stage}, {result.size}, beside {result.peer}: {result.note}")
        elif isinstance(result, Growth) and result.note:
            notes.append(f"{result.stage}: {result.note}")
    return list(dict.fromkeys(notes))


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )
    return "\n".join(line.rstrip() for line in padded)


def _piped(lines: Sequence[Sequence[str]]) -> str:
    head, *rest = ("| " + " | ".join(line) + " |" for line in lines)
    return "\n".join([head, "|" + " --- |" * len(lines[0]), *rest])
