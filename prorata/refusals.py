"""Why the program does not do what it was asked to do: a message for whoever started it, and an exit code."""

from collections.abc import Sequence


class Refusal(Exception):
    """The program ends with this message and `exit_code`, without a traceback."""

    exit_code = 1


class ConfigurationWrong(Refusal):
    """Settings are wrong; all problems are told together. Exit code 2, as for a wrong command line."""

    exit_code = 2

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = "One setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        super().__init__("\n".join([f"{count} wrong:", *(f"  {problem}" for problem in problems)]))


class SchemaUnfit(Refusal):
    """The database has not the schema of this release."""


class DatabaseUnreachable(Refusal):
    """The database cannot be opened."""


class PortTaken(Refusal):
    """Somebody else listens on the address already."""
