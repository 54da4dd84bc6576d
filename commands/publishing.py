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
    from store.errors import StoreError, TooManyUnits
    from store.releasing import robustness

    if not periods:
        return
    try:
        with progress_bar("测算稳健性") as step:
            robustness.measure_published(periods, by, progress=step)
    except TooManyUnits as error:
        click.echo(f"发布已完成，没有测算稳健性：{error}", err=True)
    except (ScoringError, StoreError) as error:
        click.echo(f"发布已完成，但没有测算稳健性：{error}；改正后请运行 python manage.py uncertainty", err=True)
    else:
        click.echo(f"已测算 {len(periods)} 个考核期的稳健性")


period_option = click.option("--period", metavar="P", help="This period, such as 2024Q4 (default: the latest).")
all_option = click.option("--all", "every", is_flag=True, help="Every period that has data.")
number_argument = click.argument("number", type=int)


def _periods(period: str | None, every: bool) -> list[str] | None:
    """The periods that are asked for; None: the latest."""
    from store import connection
    from store.releasing import panel

    if period and every:
        raise click.UsageError("give --period or --all, not both")
    if not every:
        return [period] if period else None
    with connection.reader() as db:
        return panel.data_periods(db) or None


@click.command()
@period_option
@all_option
@click.option("--draft", "number", type=int, metavar="N", help="Publish the draft of this number, as it was frozen.")
@click.option("--reason", default="", help="With --draft: why, where a check has failed.")
@measuring_option
@by_option
def publish(period: str | None, every: bool, number: int | None, reason: str, unmeasured: bool, by: str) -> None:
    """Score, freeze and serve the latest period, one period, or all; or serve a draft."""
    from store.releasing import drafts, releases

    if number is not None:
        if period or every:
            raise click.UsageError("give --draft, or --period or --all")
        periods = [drafts.publish_draft(number, by, reason)]
        click.echo(f"{periods[0]}：已发布第 {number} 号")
    else:
        with progress_bar("发布") as step:
            done = releases.publish(_periods(period, every), by, progress=step)
        periods = [p.period for p in done]
        for p in done:
            what = "已发布" if p.new else "与此前冻结的内容完全相同，未重复发布，继续使用"
            click.echo(f"{p.period}：{what}第 {p.release} 号发布，{p.units} 个单位，{p.scored} 个有得分")
    if not unmeasured:
        measure(periods, by)


@click.command()
@period_option
@all_option
@by_option
def draft(period: str | None, every: bool, by: str) -> None:
    """Score and freeze a draft, which is not served, and say what the checks find."""
    from scoring.publishing import STATUSES
    from store.releasing import drafts, releases

    with progress_bar("生成草稿") as step:
        done = releases.draft(_periods(period, every), by, progress=step)
    for p in done:
        what = f"第 {p.release} 号草稿" if p.new else f"与第 {p.release} 号的内容完全相同，没有另存"
        click.echo(f"{p.period}：{what}，{p.units} 个单位，{p.scored} 个有得分")
        for f in drafts.checked(p.release):
            click.echo(f"  {STATUSES[f.status]}  {f.title}：{f.said}")


@click.command()
def releases() -> None:
    """List all releases, the last first; * marks those that are served."""
    from store import connection
    from store.releasing import releases

    with connection.reader() as db:
        table = releases.releases(db)
    if table.empty:
        click.echo("还没有发布")
    for r in table.itertuples():
        demo = "  演示数据" if r.demo else ""
        state = "" if r.served else f"  {releases.STATES[r.state]}"
        click.echo(
            f"{'*' if r.served else ' '}{r.release:>4}  {r.period:<8} {r.at}  {r.by}  {r.scored}/{r.units}  {r.digest[:12]}{demo}{state}"
        )


@click.command()
@number_argument
@click.option("--reason", default="", help="Why, for the record.")
@by_option
def reopen(number: int, reason: str, by: str) -> None:
    """Serve release NUMBER again for its period."""
    from store.releasing import releases

    period = releases.reopen(number, by, reason=reason)
    click.echo(f"{period} 现在使用第 {number} 号发布")


@click.command()
@number_argument
@click.option("--reason", required=True, help="Why; it stays on record.")
@by_option
def withdraw(number: int, reason: str, by: str) -> None:
    """Take release NUMBER back: it stays on record, and its period serves the one before it, if any."""
    from store.releasing import releases

    served = releases.withdraw(number, reason, by)
    click.echo(f"第 {number} 号发布已撤回；" + (f"现在使用第 {served} 号" if served else "这一期不再有发布"))


@click.command()
@click.argument("key", required=False)
@click.argument("value", required=False)
@by_option
def setting(key: str | None, value: str | None, by: str) -> None:
    """Show all settings, or one; with VALUE, put it in force."""
    from store import connection, settings

    if key and value is not None:
        click.echo(f"{key} = {settings.set_setting(key, value, by)}")
        return
    with connection.reader() as db:
        if key:
            click.echo(f"{key} = {settings.setting(db, key)}")
            return
        table = settings.settings(db)
    for name, s in table.iterrows():
        who = f"  {s['by']} {s['at'][:16]}" if s["by"] else "  默认"
        click.echo(f"{name} = {s['value']}  {s['title']}（{s['low']} 到 {s['high']}）{who}")
