"""What every test shares: how hypothesis searches.

Shape: profile `ci`, the default, tries the same examples every time; `./tally test
--hypothesis-profile=dev` tries ten times as many, new ones each time, and remembers what failed.
"""

from hypothesis import HealthCheck, settings

# No deadline and no check for slowness: the two cores are shared, time says nothing about a rule.
SLOW = [HealthCheck.too_slow]
settings.register_profile(
    "ci", derandomize=True, deadline=None, print_blob=True, suppress_health_check=SLOW
)
settings.register_profile("dev", max_examples=1_000, deadline=None, suppress_health_check=SLOW)
settings.load_profile("ci")
