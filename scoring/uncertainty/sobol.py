"""Sobol indices of groups of inputs, by SALib: Saltelli's sample, the estimators of Saltelli et al. (2010), bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

COLUMNS = ("first", "first_low", "first_high", "total", "total_low", "total_high")


def sobol(model: Callable[[np.ndarray], np.ndarray], groups: Sequence[str], base: int, seed: int) -> pd.DataFrame:
    """First-order and total indices of each group, index group, with their 95 % bootstrap intervals.

    `model`: (n, n_inputs) of numbers in [0, 1) → (n,). `groups`: the group of each input; inputs of a group move together.
    `base`, a power of two: (number of groups + 2) × base rows are asked of the model. Empty where its answer never moves.
    Source: Saltelli et al. (2010), *Comput. Phys. Commun.* 181, 259–270; sampled by Owen-scrambled Sobol sequences.
    """
    from SALib.analyze.sobol import analyze  # half a second, which pages that only read a result do not pay
    from SALib.sample.sobol import sample

    inputs = len(groups)
    sampled = [*groups, ""] if len(set(groups)) == 1 else list(groups)  # SALib takes one group for none; "" moves nothing
    names = [f"x{k}" for k in range(len(sampled))]
    problem = {"num_vars": len(sampled), "names": names, "bounds": [[0, 1]] * len(sampled), "groups": sampled}
    answers = model(sample(problem, base, calc_second_order=False, seed=seed)[:, :inputs])
    whole = len(answers) // base  # rows a sampled point: itself, one a group with that group's inputs changed, and its twin
    if np.ptp([answers[::whole], answers[whole - 1 :: whole]]) == 0:
        return nothing()
    # A list, since SALib takes a seed of 0 for none.
    found = analyze(problem, answers, calc_second_order=False, seed=[seed])
    table = {}
    for name, key in (("first", "S1"), ("total", "ST")):
        middle, reach = found[key], found[f"{key}_conf"]
        table |= {name: middle, f"{name}_low": middle - reach, f"{name}_high": middle + reach}
    return pd.DataFrame(table, index=pd.Index(dict.fromkeys(sampled), name="assumption")).loc[list(dict.fromkeys(groups))]


def nothing() -> pd.DataFrame:
    """The table of a model whose answer never moves."""
    return pd.DataFrame(columns=COLUMNS, index=pd.Index([], name="assumption", dtype=object), dtype=float)
