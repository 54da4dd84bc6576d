"""What an engine writes: one row a unit and period, and what the result says of itself."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

import numpy as np
import pandas as pd

from scoring import __version__, treatment
from scoring.framework import Framework
from scoring.framework_table import framework_to_table
from scoring.index import MARKS, Fitted
from scoring.policy import Policy
from scoring.preparation import asked_for
from scoring.tiers import TIER_RULES, by_rank, labelled
from scoring.values import Values

HEAD = ("unit", "period", "rank", "tier")


def columns(framework: Framework, policy: Policy) -> list[str]:
    """The columns of a result."""
    treated = any(treatment.method_of(n, policy) != "none" for n in framework.indicators)
    return [*HEAD, *framework.codes, *["marks"] * (treated or asked_for(framework, policy))]


def rows(fitted: Fitted, values: Values, period: str, scores: np.ndarray, ranks: np.ndarray, ranked: int) -> pd.DataFrame:
    """Rows of a block of units with `scores` (n_units, n_nodes) whose `ranks` (n_units,) among so many in their period are known."""
    framework, policy = fitted.framework, fitted.policy
    index = scores[:, framework.codes.index(framework.root.code)]
    # Other rules than by shares look at the indices alone, or are given all of them.
    places = by_rank(ranks, ranked, policy) if policy.tier_rule == "share" else TIER_RULES[policy.tier_rule](index, policy)
    head = {"unit": np.array(values.units, object), "period": period, "rank": pd.array(ranks, "Int64"), "tier": labelled(places, policy)}
    table = pd.concat([pd.DataFrame(head), pd.DataFrame(scores, columns=list(framework.codes))], axis=1)
    if "marks" in columns(framework, policy):
        table["marks"] = _mark_texts(fitted, values)
    return table


def _mark_texts(fitted: Fitted, values: Values) -> list[str]:
    """For each unit the cells that were not scored as reported, what was done and the value used, or that it is left out."""
    marks, used, codes = fitted.marks(values), fitted.used(values), [n.code for n in fitted.framework.indicators]
    texts = [[f"screened={values.screened[row]:.4g}"] if out else [] for row, out in enumerate(values.left_out)]
    for row, column in np.argwhere(marks).tolist():
        done = "+".join(name for flag, name in MARKS.items() if marks[row, column] & flag)
        texts[row].append(f"{codes[column]}:{done}={used[row, column].item()!r}")
    return [";".join(parts) for parts in texts]


def stamp(framework: Framework, policy: Policy, engine: str, quantiles: str = "exact") -> dict[str, str]:
    """What a result says of itself: digests of framework and policy, engine, how ranks and quantiles were found, version."""
    texts = {
        "framework": framework_to_table(framework).to_csv(index=False, lineterminator="\n"),
        "policy": json.dumps(asdict(policy), ensure_ascii=False, sort_keys=True),
    }
    digests = {f"{name}_sha256": hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    return digests | {"engine": engine, "quantiles": quantiles, "version": __version__}
