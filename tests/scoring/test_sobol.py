"""Sobol indices: the Ishigami function, sums whose shares can be written down, and groups."""

import numpy as np
import pytest

from scoring.uncertainty.sobol import COLUMNS, sobol


def ishigami(rows: np.ndarray) -> np.ndarray:
    """sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁ with x even on [−π, π]. Source: Ishigami & Homma (1990), in every handbook since."""
    x, y, z = (np.pi * (2 * rows - 1)).T
    return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def exact() -> tuple[list[float], list[float]]:
    """V₁ = ½ (1 + bπ⁴/5)², V₂ = a²/8, V₁₃ = b²π⁸ (1/18 − 1/50) with a = 7, b = 0.1 (Saltelli et al. 2008, section 4.9)."""
    one, two, both = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 49 / 8, 0.01 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = one + two + both
    return [one / whole, two / whole, 0], [(one + both) / whole, two / whole, both / whole]


def test_the_exact_indices_of_ishigami_are_the_published_ones():
    first, total = exact()
    assert np.round(first, 3).tolist() == [0.314, 0.442, 0] and np.round(total, 3).tolist() == [0.558, 0.442, 0.244]


@pytest.mark.parametrize("base, near", [(256, 0.07), (4096, 0.012)])
def test_ishigami_within_sampling_error(base, near):
    found = sobol(ishigami, ["x1", "x2", "x3"], base, 1)
    first, total = exact()
    assert list(found.index) == ["x1", "x2", "x3"] and tuple(found.columns) == COLUMNS
    assert found["first"].tolist() == pytest.approx(first, abs=near)
    assert found["total"].tolist() == pytest.approx(total, abs=near)
    for name, expected in (("first", first), ("total", total)):
        assert ((found[f"{name}_low"] <= expected) & (expected <= found[f"{name}_high"])).all()


def test_intervals_narrow_with_the_sample():
    small, large = (sobol(ishigami, ["x1", "x2", "x3"], base, 1) for base in (128, 2048))
    assert ((large["total_high"] - large["total_low"]) < 0.5 * (small["total_high"] - small["total_low"])).all()


def test_inputs_of_a_group_move_together():
    """x₁ and x₃ as one group take V₁ + V₁₃ and share nothing with x₂."""
    found = sobol(ishigami, ["a", "b", "a"], 2048, 3)
    assert list(found.index) == ["a", "b"]
    assert found["first"].tolist() == pytest.approx([0.558, 0.442], abs=0.03)
    assert found["total"].tolist() == pytest.approx([0.558, 0.442], abs=0.03)


def test_a_sum_shares_its_variance_by_squares():
    found = sobol(lambda rows: rows @ [1.0, 2.0, 3.0], ["a", "b", "c"], 2048, 5)
    assert found["first"].tolist() == pytest.approx([1 / 14, 4 / 14, 9 / 14], abs=0.02)


def test_one_group_explains_everything():
    found = sobol(ishigami, ["all", "all", "all"], 512, 1)
    assert list(found.index) == ["all"] and found.loc["all", ["first", "total"]].tolist() == pytest.approx([1, 1], abs=0.05)


def test_an_answer_that_never_moves_has_no_indices():
    found = sobol(lambda rows: np.ones(len(rows)), ["a", "b"], 16, 1)
    assert found.empty and tuple(found.columns) == COLUMNS and found.index.name == "assumption"


@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_gives_the_same_indices(seed):
    once, again, other = (sobol(ishigami, ["x1", "x2", "x3"], 64, s) for s in (seed, seed, seed + 1))
    assert once.equals(again) and not once.equals(other)


def test_the_model_is_asked_for_base_rows_a_group_and_two():
    asked = []
    sobol(lambda rows: asked.append(rows) or rows.sum(axis=1), ["a", "b", "b"], 32, 1)
    (rows,) = asked
    assert rows.shape == (32 * 4, 3) and rows.min() >= 0 and rows.max() < 1
