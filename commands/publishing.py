"""Releases: publish them, list them, serve an older one again."""

from __future__ import annotations

from collections.abc import Sequence

import click

from .terminal import by_option, progress_bar

measuring_option = click.option(
    "--no-uncertainty", "unmeasured", is_flag=True, help="Do not measure how sure the ranks are (`uncertainty` can, later)."
)


def measure(periods: Sequence[str], by: str) -> None:
    """Measure what was just published. What fails here is told, and undoes nothing."""
    from scoring.errors import ScoringError
    from store import robustness
    from store.errors import StoreError

    if not periods:
        return
    try:
        with progress_bar("测算稳健性") as step:
            robustness.measure_releases(periods, by, progress=step)
    except (ScoringError, StoreError) as error:
        again = "改正后请运行 python manage.py uncertainty"
        click.echo(f"发布已完成，但没有测算稳健性：{error}；{again}", err=True)
    else:
        click.echo(f"已测算 {len(periods)} 个考核期的稳健性")


@click.command()
@click.option("--period", metavar="P", help="This period, such as 2024Q4 (default: the latest).")
@click.option("--all", "every", is_flag=True, help="Every period that has data.")
@measuring_option
@by_option
def publish(period: str | None, every: bool, unmeasured: bool, by: str) -> None:
    """Score, freeze and serve the latest period, one period, or all."""
    from store import connection, releases

    if period and every:
        raise click.UsageError("give --period or --all, not both")
    periods = [period] if period else None
    if every:
        with connection.reader() as db:
            periods = releases.data_periods(db) or None
    with progress_bar("发布") as step:
        done = releases.publish(periods, by, progress=step)
    for p in done:
        what = "已发布" if p.new else "与此前冻结的内容完全相同，未重复发布，继续使用"
        click.echo(f"{p.period}：{what}第 {p.release} 号发布，{p.units} 个单位，{p.scored} 个有得分")
    if not unmeasured:
        measure([p.period for p in done], by)


@click.command()
def releases() -> None:
    """List all releases, the last first; * marks those that are served."""
    from store import connection, releases

    with connection.reader() as db:
        table = releases.releases(db)
    if table.empty:
        click.echo("还没有发布")
    for r in table.itertuples():
        demo = "  演示数据" if r.demo else ""
        click.echo(f"{'*' if r.served else ' '}{r.release:>4}  {r.period:<8} {r.at}  {r.by}  {r.scored}/{r.units}  {r.digest[:12]}{demo}")


@click.command()
@click.argument("number", type=int)
@by_option
def reopen(number: int, by: str) -> None:
    """Serve release NUMBER again for its period."""
    from store import releases

    period = releases.reopen(number, by)
    click.echo(f"{period} 现在使用第 {number} 号发布")
