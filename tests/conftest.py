"""What every test may ask for: databases of its own, and Hypothesis profiles that give the same run every time."""

import hypothesis

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
