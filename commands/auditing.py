"""What an auditor would ask of a release: to read on the terminal, or as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from .terminal import OUT, taken_out

if TYPE_CHECKING:
    import pandas as pd

    from scoring.audit import Check
    from scoring.case import Case

_NAMED = 5  # units that a line on the terminal names


@click.command()
@click.option("--period", metavar="P", help="The release that is served for this period (default: the latest).")
@click.option("--out", type=OUT, help="Write all of it to this .docx, .csv or .xlsx.")
def audit(period: str | None, out: Path | None) -> None:
    """Audit a served release by the checklist of the OECD/JRC handbook: pass, flag or fail, with figures and what to do."""
    from scoring import audit as auditing
    from scoring.movement import previous
    from store import connection
    from store.releasing import cases, reading

    writer = _writer(out) if out else None
    with connection.reader() as db:
        row = reading.served_for(db, None if period is None else [period]).iloc[-1]
        case, units = cases.release_case(db, int(row["release"])), reading.release_units(db, int(row["release"]))
        others = reading.served(db).set_index("period")["release"]
        before = previous(row["period"], others.index)
        earlier = None if before is None else cases.release_case(db, int(others[before]))
    found = auditing.audit(case, None if units["size"].isna().all() else units["size"], earlier)
    about = About(row["period"], int(row["release"]), row["at"], bool(row["demo"]), case, units["name"].to_dict())
    if writer:
        out.write_bytes(writer(found, about))
        taken_out("体检", out, period=about.period, release=about.release)
        click.echo(f"已写出 {out}")
    else:
        click.echo("\n".join(_lines(found, about)))
    demo = "（演示数据）" if about.demo else ""
    click.echo(f"{about.period}{demo}，第 {about.release} 号发布：{auditing.verdict(found)}")


class About(NamedTuple):
    """The release that is audited; `names`: unit code → name."""

    period: str
    release: int
    at: str
    demo: bool
    case: Case
    names: dict[str, str]

    @property
    def words(self) -> Mapping[str, str]:
        """What its policy calls things."""
        return self.case.policy.words


def _lines(found: Sequence[Check], about: About) -> Iterator[str]:
    """What is raised one by one with what to do, the rest of each check in one line."""
    from scoring.audit import GROUPS, outline

    for group, title in GROUPS.items():
        yield f"【{title}】"
        for one in outline(c for c in found if c.group == group):
            raised = [c for c in one.members if c.status in ("fail", "flag")]
            yield f"{one.label}  {one.title}" + ("" if raised else f"  {one.shown}（阈值 {one.limit}）：{one.finding}")
            for c in raised:
                units = "、".join(about.names.get(u, u) for u in c.units[:_NAMED]) + "……" * (len(c.units) > _NAMED)
                yield f"      {c.label}  {c.shown}（阈值 {c.limit}）：{c.finding}" + (f"（{units}）" if units else "")
            yield from (f"      → {remedy}" for remedy in dict.fromkeys(c.remedy for c in raised if c.remedy))
        yield ""


def _writer(out: Path):
    """What makes the bytes of a file, by its ending. Raises BadParameter."""
    try:
        return {".docx": _document, ".csv": _csv, ".xlsx": _workbook}[out.suffix.lower()]
    except KeyError:
        raise click.BadParameter(f"{out.name} is none of .docx, .csv, .xlsx", param_hint="OUT") from None


def _document(found: Sequence[Check], about: About) -> bytes:
    from reports.audit_docx import Subject, audit_docx

    words = about.words
    subject = Subject(words["index"], about.period, about.release, about.at, about.names, words["unit"], about.demo)
    return audit_docx(found, subject)


def _csv(found: Sequence[Check], about: About) -> bytes:
    from reports.tables import csv_bytes

    return csv_bytes(_table(found, about), about.demo)


def _workbook(found: Sequence[Check], about: About) -> bytes:
    from reports.tables import xlsx_bytes

    return xlsx_bytes({"体检": _table(found, about)}, demo=about.demo)


def _table(found: Sequence[Check], about: About) -> pd.DataFrame:
    from reports.audit_table import audit_table

    tree = about.case.framework
    return audit_table(
        found, about.period, about.release, about.words["unit"], lambda c: tree.node(c).name, lambda u: about.names.get(u, u)
    )
