"""What goes into the store: its beginning, imports, undoing them, and whether all of it is whole."""

from __future__ import annotations

from pathlib import Path

import click

from .publishing import measure, measuring_option
from .terminal import FILE, by_option, progress_bar


@click.command()
@click.option("--demo", is_flag=True, help="Fill it with the synthetic demo data and publish every period.")
@click.option("--from", "meta", type=FILE, metavar="META DATA...", help="Fill it with a data set such as COINr's two tables.")
@click.argument("data", nargs=-1, type=FILE)
@click.option("--policy", type=FILE, help="Use this policy.toml (default: the one in data/, or what the data set asks for).")
@measuring_option
@by_option
def init(demo: bool, meta: Path | None, data: tuple[Path, ...], policy: Path | None, unmeasured: bool, by: str) -> None:
    """Make the store, or bring an older one up to date; refuses to touch one that holds data."""
    from store import connection, start

    if (demo and meta) or (data and not meta):
        raise click.UsageError("give --demo, or --from META DATA..., or neither")
    path = connection.store_path()
    if path.exists() and not (demo or meta or policy) and (applied := connection.migrate(path)):
        click.echo(f"已升级 {path}：{'、'.join(applied)}")
        return
    beginning = start.data_set([meta, *data], policy) if meta else start.default_beginning(policy, demo)
    with progress_bar("发布") as step:
        done = start.begin(beginning, by, path, step)
    click.echo(f"{path} 已就绪，发布了 {len(done)} 个考核期")
    if not unmeasured:
        measure([p.period for p in done], by)


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@by_option
def import_(files: tuple[Path, ...], dry_run: bool, by: str) -> None:
    """Import workbooks or CSV files, all of them or none."""
    from store import batches

    for batch, intake in batches.import_files(files, by, dry_run=dry_run):
        found = f"{len(intake.units)} 个单位，{len(intake.observations)} 个值，{len(intake.adjustments)} 条加减分"
        found += "，指标体系" * (intake.framework_csv is not None) + "，评分规则" * (intake.policy_toml is not None)
        click.echo(f"{intake.file}：{found}；{'可以导入（未写入）' if batch is None else f'批次 {batch}'}")


@click.command()
@click.argument("batch", type=int)
@click.option("--reason", default="", help="Why, for the record.")
@by_option
def revoke(batch: int, reason: str, by: str) -> None:
    """Undo BATCH: its rows stay on record and count no longer. Releases stay as they are until the next publish."""
    from store import batches

    batches.revoke(batch, by, reason)
    click.echo(f"批次 {batch} 已撤销；已发布的内容不变，请重新发布有关考核期")


@click.command()
def check() -> None:
    """Check integrity, references, and every release's digest; exit code 1 when anything is wrong."""
    from store import checks

    findings = checks.check()
    for f in findings:
        click.echo(f"{'正常' if f.ok else '有错'}  {f.name}：{f.detail}")
    if not all(f.ok for f in findings):
        raise click.ClickException(f"{sum(not f.ok for f in findings)} 项检查没有通过")
