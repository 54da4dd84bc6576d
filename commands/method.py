"""The method at work: scores of a file, how sure a release is, and what an auditor would ask."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from engines import ENGINES, QUANTILES

from .terminal import FILE, OUT, by_option, progress_bar, taken_out


@click.command()
@click.option("--framework", required=True, type=FILE, help="framework.csv")
@click.option(
    "--values", required=True, metavar="FILE",
    help="CSV, workbook or Parquet: columns unit, optionally period and sector, then one an indicator or denominator. "
    "With Spark: CSV, Parquet, a folder of Parquet files, or an address such as hdfs://....",
)
@click.option("--policy", type=FILE, help="policy.toml (default: the built-in policy).")
@click.option(
    "--out", required=True, metavar="FILE",
    help="CSV, or Parquet by the ending .parquet: unit, period, rank, tier, every node's score; marks of imputed and treated cells.",
)
@click.option("--whole", type=click.IntRange(0), metavar="N", help="Hold a table of up to N rows in memory as one (default: 200000).")
@click.option("--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True, help="Spark: see requirements-spark.txt.")
@click.option("--master", metavar="URL", default="local[*]", show_default=True, help="Spark: local[N], spark://..., yarn, or Connect's sc://....")
@click.option("--quantiles", type=click.Choice(QUANTILES), default=QUANTILES[0], show_default=True, help="Spark: recorded in the result.")
@click.pass_context
def score(
    context: click.Context, framework: Path, values: str, policy: Path | None, out: str, whole: int | None, engine: str, **spark: str
) -> None:
    """Score a table of values without a store, at full double precision.

    A table of more than N rows goes by in blocks, in memory that does not grow with it, and to the same bits; its rows then run by
    period and as they were given, else by period and rank. What must see all units at once is refused there by name.

    Spark gives the same rows by period and rank: one file on a local master, else a new folder of part files.
    """
    import engines
    from scoring.policy import Policy
    from store.frameworks import batches, blocks, files

    for name in ("whole",) if engine == "spark" else ("master", "quantiles"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} does not go with --engine {engine}.")
    rules = files.read_policy(policy) if policy else Policy()
    tree = files.read_framework(framework, rules)
    if engine == "spark":
        rows = engines.score_spread(tree, rules, batches.AddressedValues(values, tree), out, engines.Spark(**spark))
    else:
        source, result = (kind.convert(text, None, context) for kind, text in ((FILE, values), (OUT, out)))
        rows = engines.score_file(tree, rules, blocks.open_values(source, tree), result, engines.WHOLE if whole is None else whole)
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
