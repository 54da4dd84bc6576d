"""Documents of units: one portrait, or those of all units in one archive."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from .exporting_city import served, served_whole
from .terminal import OUT, progress_bar, taken_out

if TYPE_CHECKING:
    import pandas as pd

    from ui.view import View

_FOUND = 50  # units of a large release among which a name is looked for
_NEAR = 5  # units that are offered for a name that is not found
_period = click.option("--period", metavar="P", help="The release that is served for this period (default: the latest).")


@click.command()
@click.argument("unit")
@click.argument("out", type=OUT)
@_period
def portrait(unit: str, out: Path, period: str | None) -> None:
    """Write the portrait of UNIT, a code or a name, to OUT.pptx (slides), OUT.docx (two pages) or OUT.xlsx (tables with charts)."""
    from briefs.unit import portrait_of
    from reports.files import ENDINGS, made

    ending = out.suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        raise click.BadParameter(f"{out.name} is none of .pptx, .docx, .xlsx", param_hint="OUT")
    view = served(period)
    code = _unit(view, unit)
    view = view.only(code) if view.wide else view
    out.write_bytes(made(ending, *portrait_of(view, code, ending), compact=True))
    taken_out("画像", out, unit=code, period=view.period, release=view.release)
    click.echo(f"已写出 {out}：{view.unit_name(code)}，{_what(view)}")


@click.command()
@click.argument("out", type=OUT)
@click.option("--format", "ending", default="docx", show_default=True, type=click.Choice(["docx", "pptx", "xlsx"]), help="Of each portrait.")
@_period
@click.option("--sector", metavar="S", help="Only the units of this sector.")
def portraits(out: Path, ending: str, period: str | None, sector: str | None) -> None:
    """Write the portraits of all units to OUT.zip, a file a unit. Ctrl+C stops it; nothing half written is left."""
    from briefs.portraits import told, write_portraits

    if out.suffix.lower() != ".zip":
        raise click.BadParameter(f"{out.name} is no .zip", param_hint="OUT")
    view = served_whole(period)
    units = _of_sector(view, sector)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stop from outside ends it as Ctrl+C does
    try:
        with _whole(out) as file, progress_bar("导出画像") as step:
            failed = write_portraits(file, view, units, ending, step)
    except KeyboardInterrupt:
        raise click.ClickException(f"已停止，没有写出 {out}") from None
    taken_out("画像", out, units=len(units) - len(failed), period=view.period, release=view.release)
    click.echo(f"已写出 {out}：{len(units) - len(failed)} 份画像，{_what(view)}")
    if failed:
        raise click.ClickException(told(view, failed))


@contextmanager
def _whole(out: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes its name once it is whole; one that is there already stays until then."""
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _names(view: View, given: str) -> pd.Series:
    """Names by code among which a unit is looked up: of a large release those that the text finds."""
    if not view.wide:
        return view.units["name"]
    from ui import scope_reads

    return scope_reads.found(*view.key, given, _FOUND)["name"]


def _unit(view: View, given: str) -> str:
    """The code of the unit with this code or name. Raises ClickException."""
    names = _names(view, given)
    found = [given] if given in names.index else list(names.index[names == given])
    if len(found) == 1:
        return found[0]
    near = found or list(names.index[names.str.contains(given, regex=False)])
    said = "、".join(f"{code}（{names[code]}）" for code in near[:_NEAR])
    why = "不止一个" if found else "没有"
    raise click.ClickException(f"{view.period} {why}{view.words['unit']}“{given}”；请用代码或全名" + (f"：{said}" if said else ""))


def _of_sector(view: View, sector: str | None) -> list[str]:
    """Codes of the units of a sector, of all for None, in the order of codes. Raises ClickException."""
    units = view.units
    mine = units if sector is None else units[units["sector"] == sector]
    if mine.empty:
        known = "、".join(sorted(set(units["sector"].dropna()) - {""}))
        raise click.ClickException(f"{view.period} 没有{view.words['sector']}“{sector or ''}”；可用：{known or '无'}")
    return sorted(mine.index)


def _what(view: View) -> str:
    return f"{view.period}{'（演示数据）' if view.demo else ''}，第 {view.release} 号发布"
