"""Documents of units: one portrait, or those of all units in one archive."""

from __future__ import annotations

import re
import signal
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from .exporting_city import Progress, served
from .terminal import OUT, progress_bar

if TYPE_CHECKING:
    import pandas as pd

    from ui.viewer import View

_NOT_IN_A_FILE_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the first that the format can state: the same portraits are the same bytes
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
    out.write_bytes(made(ending, *portrait_of(view, code, ending), compact=True))
    click.echo(f"已写出 {out}：{view.unit_name(code)}，{_what(view)}")


@click.command()
@click.argument("out", type=OUT)
@click.option("--format", "ending", default="docx", show_default=True, type=click.Choice(["docx", "pptx", "xlsx"]), help="Of each portrait.")
@_period
@click.option("--sector", metavar="S", help="Only the units of this sector.")
def portraits(out: Path, ending: str, period: str | None, sector: str | None) -> None:
    """Write the portraits of all units to OUT.zip, a file a unit. Ctrl+C stops it; nothing half written is left."""
    if out.suffix.lower() != ".zip":
        raise click.BadParameter(f"{out.name} is no .zip", param_hint="OUT")
    view = served(period)
    units = _of_sector(view, sector)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stop from outside ends it as Ctrl+C does
    try:
        with _whole(out) as file, progress_bar("导出画像") as step:
            write_portraits(file, view, units, ending, step)
    except KeyboardInterrupt:
        raise click.ClickException(f"已停止，没有写出 {out}") from None
    click.echo(f"已写出 {out}：{len(units)} 份画像，{_what(view)}")


def write_portraits(file: IO[bytes], view: View, units: Sequence[str], ending: str, progress: Progress) -> None:
    """An archive of the portraits of these units, named by code and name, in this order; the same input, the same bytes."""
    from briefs.unit import portrait_of
    from reports.files import made

    actions = _actions(view, units)
    with zipfile.ZipFile(file, "w") as archive:  # stored: each file is a packed one already
        for done, unit in enumerate(units):
            name = view.unit_name(unit)
            progress(done, len(units), name)
            document = made(ending, *portrait_of(view, unit, ending, actions), compact=True)
            archive.writestr(zipfile.ZipInfo(_NOT_IN_A_FILE_NAME.sub("·", f"{unit} {name}.{ending}"), _FIRST_DAY), document)
    progress(len(units), len(units), "")


def _actions(view: View, units: Sequence[str]) -> pd.DataFrame | None:
    """What would raise the index of these units, reckoned once for all; None where each portrait has to say why it cannot be."""
    from scoring.errors import ScoringError
    from ui import guidance

    try:
        return guidance.best(view, units)
    except ScoringError:
        return None


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


def _unit(view: View, given: str) -> str:
    """The code of the unit with this code or name. Raises ClickException."""
    names = view.units["name"]
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
