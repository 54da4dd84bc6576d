"""One hypothesis profile: the same examples each run, unless HYPOTHESIS_PROFILE=hunt asks for many new ones."""

import os

from hypothesis import HealthCheck, settings

_patient = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
_calm = {"deadline": None, "suppress_health_check": _patient}
settings.register_profile("steady", max_examples=40, derandomize=True, **_calm)
settings.register_profile("hunt", max_examples=400, **_calm)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
