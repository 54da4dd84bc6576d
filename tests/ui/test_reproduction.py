"""The files that a release hands out give its scores again, whatever its method takes from the data and from other periods."""

import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from manage import cli
from store.connection import migrate
from store.releasing.releases import publish
from tests.store.support import POLICY, UNITS, bring, intake, whole
from ui import reproduction

FRAMEWORK = """code,parent,name,unit,direction,weight,low,high,normalisation,imputation,weighting,denominator
X,,总指数,分,1,1,,,,,{weighting},
A,X,维度甲,分,1,60,,,,,,
B,X,维度乙,分,1,40,,,,,,
A1,A,指标甲一,%,1,30,,,min_max,{imputation},,
A2,A,指标甲二,%,1,70,0,100,goalposts,,,
B1,B,指标乙一,件,-1,50,0,10,goalposts,,,Z
B2,B,指标乙二,分,1,50,0,50,goalposts,group_mean,,
"""
VALUES = [
    *whole("2024Q4", ("U1", 90, 80, 1, 45), ("U2", 50, 60, 2, 20), ("U3", 70, 70, 5, 25)),
    *whole("2025Q1", ("U1", 80, 80, 1, 40), ("U2", "missing", 60, 2, "missing"), ("U3", 75, 70, "not_applicable", 10)),
    *((unit, "Z", period, 2 + k) for period in ("2024Q4", "2025Q1") for k, unit in enumerate(("U1", "U2", "U3"))),
]


@pytest.mark.parametrize("weighting", ["equal", "standard_deviation", ""])
@pytest.mark.parametrize("pool, imputation", [("period", "carry"), ("all", "mean"), ("base:2024Q4", "carry")])
def test_the_same_bits_come_out(tmp_path, latest, pool, imputation, weighting):
    path = tmp_path / "quality.db"
    migrate(path)
    framework = FRAMEWORK.format(weighting=weighting, imputation=imputation)
    policy = f'{POLICY}[bounds]\npool = "{pool}"\n[missing]\ncoverage = 0\n'
    bring(path, intake(framework_csv=framework, policy_toml=policy), intake(UNITS, VALUES))
    publish(["2024Q4", "2025Q1"], "测试", path)
    view = latest(path)
    zipfile.ZipFile(io.BytesIO(reproduction.bundle(view))).extractall(tmp_path)
    words = [tmp_path / w if "." in w else w for w in reproduction.COMMAND.split()[2:]]
    done = CliRunner().invoke(cli, [str(w) for w in words])
    assert done.exit_code == 0, done.output
    scored = pd.read_csv(tmp_path / "scores.csv")
    scored = scored[scored["period"] == view.period].set_index("unit").loc[view.units.index, list(view.framework.codes)]
    np.testing.assert_array_equal(scored.to_numpy(float), view.nodes[list(view.framework.codes)].to_numpy(float))
