"""What goes into the store: its beginning, imports, and undoing them."""

from __future__ import annotations

import signal
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from .keeping import upgraded
from .publishing import measure, measuring_option
from .terminal import FILE, OUT, by_option, progress_bar, what_is_done

if TYPE_CHECKING:
    from store.importing.watch import Watch


@click.command()
@click.option("--demo", is_flag=True, help="Fill it with the synthetic demo data and publish every period.")
@click.option("--city", type=click.IntRange(2, 9), metavar="N", help="With --demo: the N-th city (2 to 9), smaller, one year, no ledgers.")
@click.option("--from", "meta", type=FILE, metavar="META DATA...", help="Fill it with a data set such as COINr's two tables.")
@click.argument("data", nargs=-1, type=FILE)
@click.option("--policy", type=FILE, help="Use this policy.toml (default: the one in data/, or what the data set asks for).")
@measuring_option
@by_option
def init(
    demo: bool, city: int | None, meta: Path | None, data: tuple[Path, ...], policy: Path | None, unmeasured: bool, by: str
) -> None:
    """Make the store, or bring an older one up to date; refuses to touch one that holds data."""
    from store import connection, start
    from store.demo import write_city
    from store.keeping import backup

    if (demo and meta) or (data and not meta) or (city and not demo):
        raise click.UsageError("give --demo (and perhaps --city N), or --from META DATA..., or neither")
    path = connection.store_path()
    if path.exists() and not (demo or meta or policy):
        applied, copy = backup.upgrade(path)
        if applied:
            click.echo(upgraded(path, applied, copy))
            return
    with TemporaryDirectory() as folder, progress_bar("发布") as step:
        beginning = start.data_set([meta, *data], policy) if meta else start.default_beginning(policy, demo)
        if city:
            beginning = replace(beginning, files=write_city(Path(folder), city))
        done = start.begin(beginning, by, path, step)
    click.echo(f"{path} 已就绪，发布了 {len(done)} 个考核期")
    if not unmeasured:
        measure([p.period for p in done], by)


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--mapping", type=FILE, metavar="M.toml", help="Read them as the ledger that this mapping speaks of (see data/mappings).")
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option("--reasons", type=OUT, metavar="OUT.xlsx", help="Where the files are refused, write every bad cell to this workbook.")
@by_option
def import_(files: tuple[Path, ...], mapping: Path | None, dry_run: bool, reasons: Path | None, by: str) -> None:
    """Import workbooks or CSV files, all of them or none."""
    from store.errors import SHOWN, ImportRefused
    from store.importing import batches
    from store.importing.reasons import write_reasons
    from store.readers.ledger_mapping import read_mapping

    by_mapping = read_mapping(mapping) if mapping else None
    try:
        with what_is_done() as tell:
            done = batches.import_files(files, by, dry_run=dry_run, mapping=by_mapping, tell=tell)
    except ImportRefused as refusal:
        if reasons:
            write_reasons(reasons, refusal.errors)
            raise click.ClickException(f"{refusal}\n全部 {len(refusal.errors)} 处已写入 {reasons}") from refusal
        if len(refusal.errors) > SHOWN:
            raise click.ClickException(f"{refusal}\n要逐条看到全部，请加 --reasons 原因.xlsx") from refusal
        raise
    for batch, intake in done:
        click.echo(f"{intake.file}：{intake.brings()}；{'可以导入（未写入）' if batch is None else f'批次 {batch}'}")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--once", is_flag=True, help="Take in what lies there and end; exit code 1 when a file was refused.")
@click.option("--every", default=5.0, show_default=True, type=click.FloatRange(0.1), help="Seconds between two looks.")
@by_option
def watch(folder: Path, once: bool, every: float, by: str) -> None:
    """Import what a business system drops into FOLDER, by the mapping.toml there or in its sub-folders; Ctrl+C ends it.

    A file is read when it has stayed the same from one look to the next. It is moved to done/, or to refused/ with a workbook that says why.
    """
    from store.importing.watch import Watch

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stop from outside ends it as Ctrl+C does
    watching = Watch(folder, by)
    try:
        refused = _tell(watching)
        while not once:
            time.sleep(every)
            _tell(watching)
        time.sleep(every)
        refused |= _tell(watching)
    except KeyboardInterrupt:
        click.echo("已停止")
        return
    for file in watching.waiting:
        click.echo(f"{file}：还在写入，留待下次")
    if refused:
        raise click.ClickException("有文件没有导入；原因见上")


def _tell(watching: Watch) -> bool:
    """Look once and say what came of each file; whether any was not taken in."""
    bad = False
    for outcome in watching.look():
        click.echo(f"{outcome.file}：{outcome.text}")
        bad |= outcome.state in ("refused", "stuck")
    return bad


@click.command()
@click.argument("batch", type=int)
@click.option("--reason", default="", help="Why, for the record.")
@by_option
def revoke(batch: int, reason: str, by: str) -> None:
    """Undo BATCH: its rows stay on record and count no longer. Releases stay as they are until the next publish."""
    from store.importing import batches

    batches.revoke(batch, by, reason)
    click.echo(f"批次 {batch} 已撤销；已发布的内容不变，请重新发布有关考核期")
