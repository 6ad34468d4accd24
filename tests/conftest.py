"""What every test may ask for: databases of its own, and Hypothesis profiles that give the same run every time."""

import hypothesis
import pytest

pytest_plugins = ["tests.databases"]

# Machines that share two cores make single examples slow now and then: durations say nothing about the code.
hypothesis.settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    max_examples=100,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile("deep", parent=hypothesis.settings.get_profile("house"), max_examples=2_000)
hypothesis.settings.load_profile("house")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says loudly, in the last lines, when browser tests did not run."""
    skipped = [
        report
        for report in terminalreporter.getreports("skipped")
        if isinstance(report, pytest.TestReport) and "browser" in report.keywords
    ]
    if skipped:
        assert isinstance(skipped[0].longrepr, tuple)
        reason = skipped[0].longrepr[2].removeprefix("Skipped: ")
        terminalreporter.section("BROWSER TESTS DID NOT RUN", sep="!", yellow=True, bold=True)
        terminalreporter.write_line(f"{len(skipped)} browser tests were skipped. {reason}", yellow=True)
