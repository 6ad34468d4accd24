"""The table, for a terminal and for benchmarks/README.md."""

from collections.abc import Sequence
from typing import Final

from benchmarks.figures import Figure, Outcome, Verdict

_OBSTACLES: Final = {
    "2b": "Per request the endpoint itself (key, scope, limits, headers, plan) costs as much as the whole answer does "
    "the handler written by hand; the longer the answer, the less it matters (1b).",
    "4": "The guards cost some 16 µs of CPU: digest and look-up of the key 4, the scope 3, checks of the body 5, cost "
    "and budget 2, telling the cost in the answer 2. A tenth of this floor would be 6.",
    "5": "Two commits (the attempt, before the gateway is asked, and its outcome) against the floor's one, 45 "
    "statements in place of its 20, and while a commit goes to disk nobody else can write.",
    "6": "As in 5: a creation writes 18 rows in two transactions that are on disk before it is answered.",
    "7": "Of the CPU of a renewal a third is SQLite's, as in the floor. Eight snapshots take 15 %, events and ids 10 %,"
    " rows to columns and back 12 %, JSON 4 %, freeing it all 8 %; the rest is spread over the rules, none above 2 %.",
    "7b": "Where a commit costs next to nothing, as on this disk, a group of one is as slow as its CPU only (some 5 ms "
    "for three transactions), and groups save no waiting. See 8b, where commits and round trips cost what they do.",
    "8": "As in 7.",
}
"""What a profile showed to stand in the way of the lines that may stay below their targets."""

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
            *_obstacles(outcomes),
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


def _obstacles(outcomes: Sequence[Outcome]) -> list[str]:
    """What stands in the way, for every line that is short of its target or goal."""
    short = [
        each
        for each in outcomes
        if isinstance(each, Figure) and each.verdict not in (Verdict.GOAL, Verdict.TOLD) and each.number in _OBSTACLES
    ]
    told = [f"- {each.number}: {_OBSTACLES[each.number]}" for each in short]
    return ["## What stands in the way", "", *told, ""] if told else []


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
