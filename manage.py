"""The command line: the same verbs as the pages. Exit codes: 0 done, 1 refused or failed, 2 wrong usage."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)


class Verbs(click.Group):
    """Turns every named error of the rooms into one message and exit code 1."""

    def invoke(self, ctx: click.Context):
        from scoring.errors import ScoringError
        from store.errors import StoreError

        try:
            return super().invoke(ctx)
        except (StoreError, ScoringError) as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            raise click.ClickException(f"{error.filename or ''}：{error.strerror or error}；请检查路径、权限和磁盘空间") from error


@contextmanager
def progress_bar(label: str) -> Iterator:
    """A callback (done, of how many, what) that draws a bar on a terminal."""
    with click.progressbar(length=1, label=label, file=sys.stderr, item_show_func=str, hidden=not sys.stderr.isatty()) as bar:

        def step(done: int, total: int, what: str) -> None:
            bar.length = total
            bar.update(done - bar.pos, what)

        yield step


def person(context: click.Context | None = None, option: click.Parameter | None = None, name: str | None = None) -> str:
    """Who acts: the name that was given, else the system's."""
    from store.connection import user

    return name or user()


by_option = click.option("--by", metavar="NAME", callback=person, help="Who does this (default: the system's user name).")


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Manage the store (QUALITY_STORE, or data/quality.db)."""


@cli.command()
@click.option("--demo", is_flag=True, help="Fill it with the synthetic demo data and publish every period.")
@click.option("--from", "meta", type=FILE, metavar="META DATA...", help="Fill it with a data set such as COINr's two tables.")
@click.argument("data", nargs=-1, type=FILE)
@click.option("--policy", type=FILE, help="Use this policy.toml (default: the one in data/, or what the data set asks for).")
@by_option
def init(demo: bool, meta: Path | None, data: tuple[Path, ...], policy: Path | None, by: str) -> None:
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


@cli.command("import")
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


@cli.command()
@click.option("--period", metavar="P", help="This period, such as 2024Q4 (default: the latest).")
@click.option("--all", "every", is_flag=True, help="Every period that has data.")
@by_option
def publish(period: str | None, every: bool, by: str) -> None:
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


@cli.command()
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


@cli.command()
@click.argument("number", type=int)
@by_option
def reopen(number: int, by: str) -> None:
    """Serve release NUMBER again for its period."""
    from store import releases

    period = releases.reopen(number, by)
    click.echo(f"{period} 现在使用第 {number} 号发布")


@cli.command()
@click.argument("batch", type=int)
@click.option("--reason", default="", help="Why, for the record.")
@by_option
def revoke(batch: int, reason: str, by: str) -> None:
    """Undo BATCH: its rows stay on record and count no longer. Releases stay as they are until the next publish."""
    from store import batches

    batches.revoke(batch, by, reason)
    click.echo(f"批次 {batch} 已撤销；已发布的内容不变，请重新发布有关考核期")


@cli.command()
def check() -> None:
    """Check integrity, references, and every release's digest; exit code 1 when anything is wrong."""
    from store import checks

    findings = checks.check()
    for f in findings:
        click.echo(f"{'正常' if f.ok else '有错'}  {f.name}：{f.detail}")
    if not all(f.ok for f in findings):
        raise click.ClickException(f"{sum(not f.ok for f in findings)} 项检查没有通过")


@cli.command()
@click.argument("out", type=OUT)
def template(out: Path) -> None:
    """Write an import workbook, with the store's framework and units where there is a store."""
    from store import batches, connection, template

    if out.suffix.lower() != ".xlsx":
        raise click.BadParameter(f"{out.name} is no .xlsx", param_hint="OUT")
    if connection.store_path().exists():
        with connection.reader() as db:
            about, units = batches.known(db), batches.unit_table(db)
        template.write_template(out, about.framework, units, about.policy)
    else:
        template.write_template(out)
    click.echo(f"已写出 {out}")


@cli.group()
def export() -> None:
    """Write tables for use elsewhere."""


@export.command("scores")
@click.argument("out", type=OUT)
@click.option("--period", metavar="P", help="Only this period (default: all that are served).")
def export_scores(out: Path, period: str | None) -> None:
    """Write the served scores to OUT.csv or OUT.xlsx."""
    from reports.tables import csv_bytes, xlsx_bytes
    from store import connection, export

    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise click.BadParameter(f"{out.name} is neither .csv nor .xlsx", param_hint="OUT")
    with connection.reader() as db:
        table, demo = export.scores_table(db, period)
    out.write_bytes(csv_bytes(table, demo) if out.suffix.lower() == ".csv" else xlsx_bytes({"得分": table}, demo=demo))
    click.echo(f"已写出 {out}：{len(table)} 行")


@cli.command()
@click.option("--framework", required=True, type=FILE, help="framework.csv")
@click.option("--values", required=True, type=FILE, help="Columns unit, optionally period and sector, then one an indicator.")
@click.option("--policy", type=FILE, help="policy.toml (default: the built-in policy).")
@click.option("--out", required=True, type=OUT, help="unit, period, rank, tier, then every node's score.")
def score(framework: Path, values: Path, policy: Path | None, out: Path) -> None:
    """Score a table of values without a store, at full double precision."""
    from store import export

    rows = export.score_file(framework, values, policy, out)
    click.echo(f"已写出 {out}：{rows} 行")


@cli.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def demo(folder: Path) -> None:
    """Write the demo's import files to FOLDER (seeded: the same files every time)."""
    from store.demo import write_demo

    for path in write_demo(folder):
        click.echo(f"已写出 {path}")


@cli.command()
@click.option("--port", default=8501, show_default=True, help="Port to listen on.")
@click.option("--address", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--demo", is_flag=True, help="Make a store with the demo data when there is none.")
def run(port: int, address: str, demo: bool) -> None:
    """Start the dashboard; Ctrl+C stops it."""
    from store import connection, start

    path = connection.store_path().absolute()
    if demo and not path.exists():
        with progress_bar("发布") as step:
            start.begin(start.default_beginning(demo=True), person(), progress=step)
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port), "--server.address", address]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stop from outside ends the server too
    with suppress(KeyboardInterrupt):
        sys.exit(subprocess.call(command, cwd=ROOT, env=os.environ | {"QUALITY_STORE": str(path)}))


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a console that lacks a character of some unit's name must not stop a verb
    cli()
