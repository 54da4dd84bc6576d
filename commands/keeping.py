"""Trust in the store: its check and journal, backups, kept files, and the same store made again from them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .terminal import FILE, OUT, by_option, progress_bar, taken_out, what_is_done

if TYPE_CHECKING:
    from store.keeping.checks import Finding

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--head", "heads", multiple=True, metavar="HASH", help="A head of the journal that was noted earlier (12 characters do).")
def check(heads: tuple[str, ...]) -> None:
    """Check integrity, references, the journal's chain, kept files and every release's digest; exit code 1 when anything is wrong.

    It prints the journal's head: write it down elsewhere, and `--head` tells later whether the journal up to there is still the same.
    """
    from store.keeping import checks

    if short := [head for head in heads if len(head) < 12]:
        raise click.BadParameter(f"{short[0]} has fewer than 12 characters", param_hint="--head")
    _report(checks.check(noted=heads))


@click.command()
def migrate() -> None:
    """Bring an older store up to date; before that it is copied, beside it, under a name with its version and the time."""
    from store import connection
    from store.keeping import backup

    path = connection.store_path()
    if not path.exists():
        raise click.ClickException(f"没有找到库 {path}；新建请运行 python manage.py init")
    applied, copy = backup.upgrade(path)
    click.echo(upgraded(path, applied, copy) if applied else f"{path} 已是最新，不必升级")


def upgraded(path: Path, applied: Sequence[str], copy: Path | None) -> str:
    """What an upgrade did, in words."""
    return f"已升级 {path}：{'、'.join(applied)}" + (f"；升级前的库留在 {copy}" if copy else "")


@click.command()
@click.argument("file", type=OUT)
@by_option
def backup(file: Path, by: str) -> None:
    """Copy the store to FILE, as it is at this moment, while people work in it. FILE is checked before it gets its name."""
    from store.keeping import backup as copies

    with progress_bar("备份") as step:
        faults = copies.backup(file, by, progress=step)
    click.echo(f"已备份到 {file}：{file.stat().st_size / 1e6:.1f} MB，已核验")
    for f in faults:
        click.echo(f"留意：库本身有错，照样备份了。{f.name}：{f.detail}", err=True)


@click.command()
@click.argument("file", type=FILE)
@click.option("--anyway", is_flag=True, help="Also where its check finds something wrong (never where the file is damaged).")
@by_option
def restore(file: Path, anyway: bool, by: str) -> None:
    """Put the backup FILE in the store's place, all at once; the present store is set aside beside it, under a name with the time."""
    from store import connection
    from store.keeping import backup

    with progress_bar("恢复") as step:
        done = backup.restore(file, by, anyway=anyway, progress=step)
    aside = f"；原来的库留在 {done.aside}" if done.aside else ""
    click.echo(f"已从 {file} 恢复 {connection.store_path()}{aside}；已登录的人须重新登录")
    for f in done.faults:
        click.echo(f"留意：{f.name}：{f.detail}", err=True)


@click.command()
@click.argument("out", required=False, type=OUT)
@click.option("--by", multiple=True, metavar="NAME", help="Only what this person did; may be given again.")
@click.option("--verb", "verbs", multiple=True, metavar="VERB", help="Only this, such as import or publish; may be given again.")
@click.option("--since", type=DAY, help="From this day on.")
@click.option("--until", type=DAY, help="Up to this day, included.")
@click.option("--text", default="", help="Only rows that hold this text.")
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help="How many rows are shown without OUT.")
def journal(out: Path | None, by: tuple[str, ...], verbs: tuple[str, ...], since, until, text: str, last: int) -> None:
    """Show who did what and when, the last first, or write all of it to OUT.csv."""
    from reports.tables import csv_bytes
    from store import connection
    from store.keeping import journal as records
    from store.keeping.journal_words import VERBS

    if out and out.suffix.lower() != ".csv":
        raise click.BadParameter(f"{out.name} is no .csv", param_hint="OUT")
    filters = by, [_verb(v, VERBS) for v in verbs], *(f"{day:%Y-%m-%d}" if day else "" for day in (since, until)), text
    with connection.reader() as db:
        table, count = records.journal(db, *filters, limit=None if out else last), records.journal_length(db, *filters)
    if out:
        out.write_bytes(csv_bytes(table, False))
        taken_out("日志", out, rows=count)
        click.echo(f"已写出 {out}：{count} 行")
        return
    for r in table.itertuples():
        click.echo(f"{r.id:>6}  {r.at}  {r.by}  {r.what}  {r.told}")
    if count > len(table):
        click.echo(f"……共 {count} 行，以上是最近 {len(table)} 行；全部：python manage.py journal OUT.csv", err=True)


def _verb(given: str, verbs: dict[str, str]) -> str:
    """The verb that is written for a verb or its word. Raises ClickException."""
    found = {word: verb for verb, word in verbs.items()} | {verb: verb for verb in verbs}
    if given not in found:
        raise click.ClickException(f"日志里没有“{given}”这种操作；可用：{'、'.join(f'{v}（{w}）' for v, w in verbs.items())}")
    return found[given]


@click.command("file")
@click.argument("batch", type=int)
@click.argument("out", type=OUT)
def file_(batch: int, out: Path) -> None:
    """Write the very file that BATCH was read from to OUT, a new file."""
    from store import connection
    from store.importing import kept

    with connection.reader() as db:
        content = kept.kept_file(db, batch)
    if content is None:
        raise click.ClickException(f"批次 {batch} 没有留存文件：它由旧版本导入，或由别的库汇总而来")
    with out.open("xb") as file:
        file.write(content)
    taken_out("批次文件", out, batch=batch)
    click.echo(f"已写出 {out}：{len(content)} 字节，与导入时相同")


@click.command()
@click.argument("out", type=OUT)
def replay(out: Path) -> None:
    """Make the store again at OUT, from its kept files and in the journal's order, and compare: data, ledgers, releases.

    Exit code 1 when anything comes out different.
    """
    from store.keeping import replay as again

    with what_is_done() as tell:
        findings = again.replay(out, tell=tell)
    _report(findings)


def _report(findings: Sequence[Finding]) -> None:
    """Print findings. Raises ClickException where one is not well."""
    for f in findings:
        click.echo(f"{'正常' if f.ok else '有错'}  {f.name}：{f.detail}")
    if not all(f.ok for f in findings):
        raise click.ClickException(f"{sum(not f.ok for f in findings)} 项检查没有通过")
