"""Many stores made one: a province of its cities."""

from __future__ import annotations

from pathlib import Path

import click

from .terminal import OUT, by_option, progress_bar


@click.command()
@click.argument("cities", nargs=-1, required=True, metavar="[NAME=]CITY.db...")
@click.option("--out", required=True, type=OUT, metavar="PROVINCE.db", help="The store to make; a file that is there is never touched.")
@click.option("--framework", metavar="NAME", help="Where frameworks differ: score all by this city's, all of whose indicators all report.")
@by_option
def rollup(cities: tuple[str, ...], out: Path, framework: str | None, by: str) -> None:
    """Make one store out of the published releases of many, and publish each period in it, scored anew over all units.

    Each store is an area, called NAME (default: the file's stem); its units' codes begin with the name and a middle dot. Drafts and
    withdrawn releases are left out. What a city had published itself stays beside its units. A rolled-up store can be rolled up again.
    The stores are only read; when they have newer releases, roll them up again into a new file.
    """
    from store.rolling.rollup import roll_up

    with progress_bar("汇总") as step:
        done = roll_up([_named(text) for text in cities], out, by, framework, step)
    for p in done.published:
        click.echo(f"{p.period}：第 {p.release} 号发布，{p.units} 个单位，{p.scored} 个有得分")
    for name, periods in done.lacking.items():
        click.echo(f"{name} 没有 {'、'.join(periods)} 的发布，这几期不含它")
    if framework:
        click.echo(f"一律按{framework}的指标体系计分")
    click.echo(f"名次有多可靠还没有测算；测算一期：QUALITY_STORE={out} python manage.py uncertainty")
    click.echo(f"{out} 已就绪，{len(cities)} 个库。打开：QUALITY_STORE={out} python manage.py run")


def _named(text: str) -> tuple[str, Path]:
    """Name and path of an argument. A file that is there is one, whatever signs its name holds."""
    name, sign, path = text.partition("=")
    if not sign or Path(text).exists():
        return Path(text).stem, Path(text)
    return name, Path(path)
