"""The table, for a terminal and for benchmarks/README.md."""

from collections.abc import Sequence

from benchmarks.figures import Figure, Outcome, Verdict

_HEAD = ("#", "what", "here", "floor", "ratio", "first target", "goal", "")


def printed(outcomes: Sequence[Outcome]) -> str:
    """The table as plain text, each line with its sizes and settings below."""
    lines = []
    for each in outcomes:
        if isinstance(each, Figure):
            asked = ", ".join(
                f"{name} {each.asked.text(bound)}"
                for name, bound in (("first target", each.asked.first), ("goal", each.asked.goal))
                if bound is not None
            )
            lines.append(f"{each.number:>3}  {each.what}: {_ratio(each)} ({asked}) {each.verdict}".rstrip())
            lines.append(f"     {each.subject}, against {each.floor}")
            lines.append(f"     {each.settings}")
        else:
            lines.append(f"{each.number:>3}  {each.what}: not measured. {each.why}")
    return "\n".join(lines)


def page(outcomes: Sequence[Outcome], machine: Sequence[str], minutes: float) -> str:
    """The page that stands in the repository."""
    rows = [_row(each) for each in outcomes]
    table = [_cells(_HEAD), _cells(["---"] * len(_HEAD)), *rows]
    settings = [f"- {each.number}: {each.settings}." for each in outcomes if isinstance(each, Figure) and each.settings]
    below = [each for each in outcomes if isinstance(each, Figure) and each.verdict is Verdict.BELOW]
    return "\n".join(
        [
            "# How fast",
            "",
            "Written by `make bench`. Every figure is a ratio to a floor that ran in the same command on the same "
            "machine, by turns with it; each side is the median of its runs. A ratio of 1 is as fast as the floor, "
            "unless the line asks for at most so much. `make bench BENCH_ARGS=--quick` takes two minutes and writes "
            "nothing; `BENCH_ARGS='--only 5,7'` measures some lines.",
            "",
            *table,
            "",
            _summary(below),
            "",
            "## Sizes and settings",
            "",
            "One server process, kept on one core; the load comes from another process on another core. Times are the "
            "time per request that the server takes when it is never idle. PostgreSQL runs on the core of the load, "
            "with its own defaults: a commit is on disk before it is answered.",
            "",
            *settings,
            "",
            "## The machine",
            "",
            *(f"- {fact}" for fact in machine),
            f"- The whole run took {minutes:.1f} minutes.",
            "",
        ]
    )


def _summary(below: Sequence[Figure]) -> str:
    if not below:
        return "Every first target is met."
    return f"Below the first target: {', '.join(each.number for each in below)}."


def _row(each: Outcome) -> str:
    if not isinstance(each, Figure):
        return _cells([each.number, each.what, "not measured", each.why, "", "", "", ""])
    asked = each.asked
    return _cells(
        [
            each.number,
            each.what,
            each.subject,
            each.floor,
            f"**{_ratio(each)}**",
            asked.text(asked.first),
            asked.text(asked.goal),
            each.verdict,
        ]
    )


def _ratio(each: Figure) -> str:
    return (
        f"{each.ratio:.0f}" if each.ratio >= 100 else f"{each.ratio:.1f}" if each.ratio >= 10 else f"{each.ratio:.2f}"
    )


def _cells(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
