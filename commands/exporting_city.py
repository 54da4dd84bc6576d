"""The report of a period on all units, as slides, a document or a workbook."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .terminal import OUT, progress_bar, taken_out

if TYPE_CHECKING:
    from ui.view import View

Progress = Callable[[int, int, str], None]


@click.command()
@click.argument("out", type=OUT)
@click.option("--period", metavar="P", help="The release that is served for this period (default: the latest).")
@click.option("--anonymous", is_flag=True, help="Numbers for the names of units, the same in every period.")
def report(out: Path, period: str | None, anonymous: bool) -> None:
    """Write the report on all units to OUT.pptx (slides), OUT.docx (report) or OUT.xlsx (tables with charts)."""
    from briefs.anonymous import masked
    from briefs.quarterly import of_all
    from reports.files import ENDINGS, made

    ending = out.suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        raise click.BadParameter(f"{out.name} is none of .pptx, .docx, .xlsx", param_hint="OUT")
    view = served_whole(period)
    with progress_bar("导出") as step:
        document, tables = of_all(masked(view) if anonymous else view, ending, step)
    out.write_bytes(made(ending, document, tables))
    taken_out("报告，隐去名称" if anonymous else "报告", out, period=view.period, release=view.release)
    demo = "（演示数据）" if view.demo else ""
    click.echo(f"已写出 {out}：{view.period}{demo}，第 {view.release} 号发布，{len(view.units)} 个{view.words['unit']}")


def served_whole(period: str | None) -> View:
    """As `served`, of a release whose units fit one document. Raises ClickException for more of them, ReleaseError."""
    view = served(period)
    if view.wide:
        from store.size import LARGE

        many = f"{view.period} 有 {int(view.row['units']):,} 个{view.words['unit']}，一份文件至多写 {LARGE:,} 个"
        remedy = f"请在云图中点进一个{view.words['sector']}再下载，或用 export scores 导出全部得分、export portrait 导出一个画像"
        raise click.ClickException(f"{many}；{remedy}")
    return view


def served(period: str | None) -> View:
    """The view of a served period, the latest for None. Raises ReleaseError for one that is not served."""
    from store.errors import ReleaseError
    from ui import user, viewer

    # No page is drawn: every read warns. A filter, since Streamlit sets the level anew when it reads its settings.
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").addFilter(lambda _: False)
    newest = viewer.latest(user.LOCAL)
    view = newest.at(newest.period if period is None else period)
    if view is None:
        raise ReleaseError(f"考核期 {period} 没有发布；已发布：{'、'.join(newest.periods)}")
    return view
