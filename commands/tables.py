"""Files for use elsewhere: the import workbook, served scores, the demo's files."""

from __future__ import annotations

from pathlib import Path

import click

from .terminal import OUT, taken_out


@click.command()
@click.argument("out", type=OUT)
def template(out: Path) -> None:
    """Write an import workbook, a sheet for each ledger too, with the store's framework and units where there is a store."""
    from store import connection
    from store.importing import batches
    from store.template import workbook as template

    if out.suffix.lower() != ".xlsx":
        raise click.BadParameter(f"{out.name} is no .xlsx", param_hint="OUT")
    if connection.store_path().exists():
        with connection.reader() as db:
            about, units = batches.known(db), batches.unit_table(db)
        template.write_template(out, about.framework, units, about.policy, ledgers=True)
    else:
        template.write_template(out, ledgers=True)
    click.echo(f"已写出 {out}")


@click.group()
def export() -> None:
    """Write tables for use elsewhere."""


@export.command("scores")
@click.argument("out", type=OUT)
@click.option("--period", metavar="P", help="Only this period (default: all that are served).")
def export_scores(out: Path, period: str | None) -> None:
    """Write the served scores to OUT.csv or OUT.xlsx."""
    from reports.tables import csv_bytes, xlsx_bytes
    from store import connection
    from store.releasing import export

    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise click.BadParameter(f"{out.name} is neither .csv nor .xlsx", param_hint="OUT")
    with connection.reader() as db:
        table, demo = export.scores_table(db, period)
    out.write_bytes(csv_bytes(table, demo) if out.suffix.lower() == ".csv" else xlsx_bytes({"得分": table}, demo=demo))
    taken_out("得分", out, period=period, rows=len(table))
    click.echo(f"已写出 {out}：{len(table)} 行")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def demo(folder: Path) -> None:
    """Write the demo's import files to FOLDER (seeded: the same files every time)."""
    from store.demo import write_demo

    for path in write_demo(folder):
        click.echo(f"已写出 {path}")
