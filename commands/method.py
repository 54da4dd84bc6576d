"""The method at work: scores of a file, how sure a release is, and what an auditor would ask."""

from __future__ import annotations

from pathlib import Path

import click

from .terminal import FILE, OUT, by_option, progress_bar, taken_out


@click.command()
@click.option("--framework", required=True, type=FILE, help="framework.csv")
@click.option(
    "--values", required=True, type=FILE, help="Columns unit, optionally period and sector, then one an indicator or denominator."
)
@click.option("--policy", type=FILE, help="policy.toml (default: the built-in policy).")
@click.option("--out", required=True, type=OUT, help="unit, period, rank, tier, every node's score; marks of imputed and treated cells.")
def score(framework: Path, values: Path, policy: Path | None, out: Path) -> None:
    """Score a table of values without a store, at full double precision."""
    from store.releasing import export

    rows = export.score_file(framework, values, policy, out)
    click.echo(f"已写出 {out}：{rows} 行")


@click.command()
@click.option("--period", metavar="P", help="Only this period (default: all that are served).")
@click.option("--draws", type=int, metavar="N", help="How many draws (default: what the release's policy says).")
@click.option("--seed", type=int, metavar="N", help="Same seed, same result (default: what the release's policy says).")
@click.option("--out", type=OUT, help="Write every unit's intervals and tier probabilities to this CSV, at full precision.")
@by_option
def uncertainty(period: str | None, draws: int | None, seed: int | None, out: Path | None, by: str) -> None:
    """Measure how sure the ranks and tiers of served releases are, and keep it with them.

    OUT: unit, period, rank, rank_median, rank_p5, rank_p95, index_p5, index_p95, then the share of draws in each tier: p_leading,
    p_contending, p_catching_up for three tiers, else p_tier_1, p_tier_2 ... from the best.
    """
    from store.releasing import robustness

    with progress_bar("测算稳健性") as step:
        table = robustness.measure_releases([period] if period else None, by, draws, seed, progress=step)
    if out:
        with out.open("w", encoding="utf-8", newline="") as file:
            table.to_csv(file, index=False, lineterminator="\n")
        taken_out("稳健性", out, period=period, rows=len(table))
    measured = "、".join(table["period"].unique())
    click.echo(f"已测算 {measured}" + (f"；已写出 {out}：{len(table)} 行" if out else ""))
