"""The screen: it asks about what was made up, stays silent about honest data, and never calls anything a failure."""

import numpy as np
import pandas as pd
import pytest

from scoring.audit import PATTERNS, Check, audit
from scoring.case import Case
from scoring.framework import Framework
from scoring.policy import Policy
from scoring.values import Values
from tests.scoring.trees import OPEN, flat

NOBODY = pd.DataFrame({"unit": [], "kind": [], "points": []}).astype({"points": float})


def block(matrix: np.ndarray, framework: Framework) -> Values:
    return Values(tuple(f"u{k:03d}" for k in range(len(matrix))), tuple(n.code for n in framework.indicators), np.array(matrix, float))


def screen(framework: Framework, matrix: np.ndarray, before: np.ndarray | None = None, policy: Policy = OPEN) -> dict[tuple, Check]:
    now, then = (None if m is None else Case({"P": block(m, framework)}, "P", framework, policy, NOBODY) for m in (matrix, before))
    return {(c.name, c.subject): c for c in audit(now, None, then) if c.group == "pattern"}


def honest(n: int = 110, k: int = 2, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(70, 12, (n, k)).clip(1, 99).round(2)


def test_honest_data_raise_no_question():
    framework = flat(*[1] * 6, target=75.0)
    now = honest(k=6)
    found = screen(framework, now, (now + np.random.default_rng(1).normal(0, 3, now.shape)).round(2))
    assert {c.status for c in found.values()} <= {"pass", "none"} and {name for name, _ in found} == set(PATTERNS)
    assert {name for (name, _), c in found.items() if c.status == "pass"} == set(PATTERNS), "each could have asked"


def test_a_question_is_no_verdict():
    matrix = np.full((60, 2), 100.0)
    found = screen(flat(1, 1), matrix, matrix)
    asked = [c for c in found.values() if c.status == "flag"]
    assert asked and all(c.label == "？ 请核实" and c.remedy.startswith("请核实") for c in asked)
    assert "fail" not in {c.status for c in found.values()}


def heap_of(values: np.ndarray, direction: int = 1, target: float = 75.0) -> Check:
    framework = flat(1, 1, target=target, direction=direction)
    return screen(framework, np.column_stack([values, honest(len(values))[:, 1]]))["heaped", "A"]


def test_values_heaped_just_above_a_cut():
    values = honest()[:, 0]
    short = np.flatnonzero((values >= 70) & (values < 75))
    values[short] = 75 + np.linspace(0, 4, len(short)).round(2)
    check = heap_of(values)
    moved = int(((values >= 75) & (values < 80)).sum())
    assert (check.status, check.figure) == ("flag", moved) and check.figure > check.threshold
    assert {f"u{k:03d}" for k in short} <= set(check.units) and len(check.units) == moved
    assert "75" in check.finding


def test_where_lower_is_better_the_heap_lies_below():
    values = honest()[:, 0]
    over = (values > 75) & (values <= 80)
    values[over] = 74.5
    assert heap_of(values, -1).status == "flag" and heap_of(values, 1).status == "pass"


def test_whole_numbers_are_no_heap():
    """Bins are whole steps wide: 73 to 77, 78 to 82 and so on hold five numbers each, whatever the width that was asked for."""
    assert heap_of(np.tile(np.arange(50.0, 100.0), 3)).status == "pass"
    assert heap_of(np.tile(np.arange(55.0, 100.0, 5.0), 12)).status == "pass"


def test_a_steep_but_even_slope_is_no_heap():
    assert heap_of(100 - 50 * np.sqrt(np.linspace(0, 1, 400)).round(4)).status == "pass"


@pytest.mark.parametrize(
    "columns",
    [{"normalisation": "distance_to_target", "target": 50.0}, {"normalisation": "banded", "bands": ((0.0, 0.0), (50.0, 100.0))}],
)
def test_an_indicator_that_nobody_has_reported_has_no_heap(columns):
    framework = flat(1, 1, low=None, high=None, **columns)
    check = screen(framework, np.column_stack([honest()[:, 0], np.full(110, np.nan)]))["heaped", "B"]
    assert check.status == "none" and "没有一条两侧都有取值的界线" in check.finding


def test_an_end_of_the_scale_is_no_cut():
    values = np.minimum(honest()[:, 0] + 20, 100)
    assert screen(flat(1, 1), np.column_stack([values, values]))["heaped", "A"].status == "none"


def test_everyone_at_full_marks():
    matrix = honest(50, 6)
    matrix[:45, 0] = 100
    matrix[7] = 120
    found = screen(flat(*[1] * 6), matrix)
    assert (found["full_marks", "A"].status, found["full_marks", "A"].figure) == ("flag", 0.9)
    assert (found["full_marks", "B"].status, found["full_marks", "B"].figure) == ("pass", 0.02)
    assert (found["full_marks", ""].status, found["full_marks", ""].units) == ("flag", ("u007",))
    moving = screen(flat(*[1] * 6, normalisation="min_max"), matrix)
    assert {c.status for (name, _), c in moving.items() if name == "full_marks"} == {"none"}, "somebody is always the best"


def test_a_jump_is_seen_against_the_others_changes():
    before = honest()
    before[3:5, 0] = 35, 75
    after = before + np.random.default_rng(5).normal(0, 1, before.shape) + 10
    after[3, 0] += 35
    after[4, 0] -= 45
    found = screen(flat(1, 1), after.clip(0, 100), before)
    assert (found["jump", "A"].status, found["jump", "A"].figure) == ("flag", 2) and set(found["jump", "A"].units) == {"u003", "u004"}
    assert found["jump", "B"].status == "pass", "everyone rose by ten"


def test_where_most_do_not_change_one_that_does_is_seen():
    """MAD 0: the mean absolute deviation 50/110 × 1.2533 = 0.57 stands for it, and 50 / 0.57 is far beyond 3.5."""
    before = honest()
    after = before.copy()
    after[9, 1] = 40.0 if before[9, 1] > 60 else 99.0
    assert screen(flat(1, 1), after, before)["jump", "B"].units == ("u009",)
    assert screen(flat(1, 1), before, before)["jump", "B"].status == "pass"


def test_a_gap_that_was_carried_then_is_no_jump_of_the_index_now():
    """B of u000 was missing in 2023 and scored as the 90 of 2022; under `low` alone the index would rise by 45 from there."""
    framework, policy = flat(1, 1), Policy(coverage=0.0, imputation="carry")
    blocks = {p: honest(20) for p in ("2022", "2023", "2024")}
    for matrix in blocks.values():
        matrix[0] = 90
    blocks["2023"][0, 1] = np.nan
    by_period = {p: block(m, framework) for p, m in blocks.items()}
    now, then = (Case(by_period, p, framework, policy, NOBODY) for p in ("2024", "2023"))
    jump = next(c for c in audit(now, None, then) if (c.name, c.subject) == ("jump", "INDEX"))
    assert jump.status == "pass" and jump.figure == 0


def test_a_period_before_that_cannot_be_scored_so_costs_that_one_check():
    """A 0 of the year before has no logarithm, which the framework takes since this year."""
    now, before = honest(), honest(seed=3)
    before[0, 0] = 0
    found = screen(flat(1, 1, low=1.0, transform="log"), now, before)
    jumps = [c for (name, _), c in found.items() if name == "jump"]
    assert [c.status for c in jumps] == ["none"] and "A：取值 0 不能取对数" in jumps[0].finding


def test_a_period_with_other_units_and_indicators_is_set_row_by_row():
    framework, before = flat(1, 1), honest()
    after = before + np.random.default_rng(6).normal(0, 1, before.shape)
    after[50, 0] = before[50, 0] - 50
    old = block(before, framework).take(list(range(109, 9, -1)))
    earlier = Case({"O": old}, "O", framework, OPEN, NOBODY)
    found = {(c.name, c.subject): c for c in audit(Case({"P": block(after, framework)}, "P", framework, OPEN, NOBODY), None, earlier)}
    assert found["jump", "A"].units == ("u050",)
    lone = Framework(tuple(n for n in framework.nodes if n.code != "B"))
    only = Case({"O": Values(old.units, ("A",), old.matrix[:, :1])}, "O", lone, OPEN, NOBODY)
    found = {(c.name, c.subject): c for c in audit(Case({"P": block(after, framework)}, "P", framework, OPEN, NOBODY), None, only)}
    assert found["jump", "A"].units == ("u050",) and found["jump", "B"].status == "none"


def test_last_digits_by_hand():
    """100 of 200 inner values end in 5, the others evenly in 0 to 9: counts 110 and nine of 10, expected 20 each: χ² 450."""
    whole = np.arange(200)
    values = np.where(whole % 2, whole * 10 + 5, whole * 10 + whole // 2 % 10) / 100.0
    values = np.concatenate([[-1.0, 99.0], values])
    check = screen(flat(1, 1), np.column_stack([values, honest(202)[:, 0]]))["digits", "A"]
    assert check.status == "flag" and check.figure == pytest.approx((90**2 + 9 * 10**2) / 20) and "末位为 5 的占 55%" in check.finding
    assert check.threshold == pytest.approx(27.877, abs=1e-3), "χ² with 9 degrees of freedom, 0.1 %"


@pytest.mark.parametrize(
    ("values", "why"),
    [(np.arange(40.0), "不足 50"), (np.tile(np.arange(12.0), 20), "太集中"), (np.sqrt(np.arange(100.0)), "算出来的")],
)
def test_last_digits_that_say_nothing(values, why):
    check = screen(flat(1, 1), np.column_stack([values, values]))["digits", "A"]
    assert check.status == "none" and why in check.finding


def test_figures_that_stay_the_same():
    before, after = honest(30, 6), honest(30, 6, seed=2)
    after[11] = [61.17, 62.29, 63.31, 64.43, 65.59, 66.67]
    before[11] = [*after[11, :5], 50.0]
    check = screen(flat(*[1] * 6), after, before)["copied", ""]
    assert (check.status, check.units) == ("flag", ("u011",)) and check.figure == pytest.approx(5 / 6)
    alone = screen(flat(*[1] * 6), after)
    assert alone["copied", ""].status == alone["jump", ""].status == "none"
