"""Hypothesis profiles: few examples by default, the same ones every time in continuous integration.

Choose another one with ``--hypothesis-profile``; ``thorough`` is for a night.
"""

import os

from hypothesis import settings

# Widths of what is printed must not hang on the shell that runs the tests.
os.environ.pop("COLUMNS", None)

settings.register_profile("default", max_examples=40, deadline=None)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, database=None)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1_000)
settings.load_profile("ci" if os.environ.get("CI") else "default")
