import os
import shutil
from importlib.util import find_spec

import pytest


def pytest_collection_modifyitems(items):
    """Without Spark or Java skip what needs a session by name, and under CI=true let it fail."""
    lacking = [name for name, there in (("pyspark", find_spec("pyspark")), ("Java", shutil.which("java"))) if not there]
    if lacking and os.environ.get("CI") != "true":
        for item in items:
            if "on_spark" in item.fixturenames:
                item.add_marker(pytest.mark.skip(reason=f"no {' and no '.join(lacking)}: requirements-spark.txt, Java 17"))
