"""The demo's ledgers: what an invented office would have written down so that a figure comes out near where the model aims.

A quarter of a unit is a `Desk`; each writer below fills one ledger of it, guided by `aims`: the value in its indicator's unit that
each view should come near, none for a figure that does not apply to the unit or that it leaves out. Counts are whole, so a figure
lands beside its aim; what is reported is then what the records give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from ..ledgers.views import HIGH_RISK
from .desk import Book, Desk
from .tasks import projects, rectifications, tasks
from .words import AIMS, BRANCH_AIMS, CULTURE, FUSIONS, MASTERS, MEETINGS, PARTNERSHIPS, RISKS, VISITS, WARNINGS

_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_GRADES = [(likelihood, severity) for likelihood in range(1, 6) for severity in range(1, 6)]
_HIGH = [(a, b) for a, b in _GRADES if a * b >= HIGH_RISK]
_LOW = [(a, b) for a, b in _GRADES if a * b < HIGH_RISK]


def keep_ledgers(desk: Desk, aims: Mapping[str, float]) -> None:
    """Write what a unit's ledgers hold of a quarter; of a quarter ahead what is due in it and known by now."""
    for writer in (tasks, projects, rectifications):
        writer(desk, aims)
    if not desk.ahead:
        for writer in (risks, meetings, events, partnerships, inspections):
            writer(desk, aims)


def risks(desk: Desk, aims: Mapping[str, float]) -> None:
    """The year's risk register and what changed in it: some risks are not assessed yet, controls of high ones in force or not."""
    if "risk:assessed" not in aims or "risk:controlled" not in aims:
        return
    posts = np.random.default_rng([*desk.unit.encode()]).permutation(len(RISKS))  # a unit keeps to its posts
    year = np.random.default_rng([desk.first.year, *desk.unit.encode()])
    number, high = int(year.integers(6, 9)), int(year.integers(3, 5))
    assessed = max(desk.count(aims["risk:assessed"], number, "assessed"), high)
    controlled = desk.count(aims["risk:controlled"], high, "controlled")
    for n in range(number):
        post, title, control = RISKS[posts[n]]
        likelihood, severity = _HIGH[year.integers(len(_HIGH))] if n < high else _LOW[year.integers(len(_LOW))]
        in_force = n < controlled if n < high else desk.lean(title) < 0.4
        # one that is not assessed says less than it did, if it was before: it stays assessed until the year ends
        known = {"likelihood": likelihood, "severity": severity, "control": control, "in_force": in_force} if n < assessed else {}
        desk.book.renew("risk", desk.unit, desk.first, date(desk.first.year, 12, 31), title=title, post=post, **known)


def meetings(desk: Desk, aims: Mapping[str, float]) -> None:
    """A 主题党日 in each month in which one was held."""
    if "activity:party_day" not in aims:
        return
    held = int(np.clip(round(aims["activity:party_day"] / 100 * 3 + 0.6 * desk.lean("meetings") + desk.rng.uniform(-0.15, 0.15)), 0, 3))
    for month, title in zip(sorted(desk.rng.permutation(3)[:held]), desk.pick(MEETINGS, held), strict=True):
        end = desk.month_end(int(month))
        came = round(desk.size * desk.rng.uniform(0.86, 0.99))
        desk.write("activity", title=title, kind="主题党日", date=desk.day(end.replace(day=5), end), expected=desk.size, actual=came)


def events(desk: Desk, aims: Mapping[str, float]) -> None:
    """Events with those expected and those who came."""
    for kind, view, titles in (("廉洁文化活动", "activity:culture", CULTURE), ("警示教育", "activity:warning", WARNINGS)):
        if view not in aims:
            continue
        number = 1 + (desk.size > 180 and titles is CULTURE)
        came = np.full(number, round(aims[view] / 100 * desk.size * number) // number)
        came[: round(aims[view] / 100 * desk.size * number) % number] += 1
        for title, actual in zip(desk.pick(titles, number), came, strict=True):
            day = desk.day(desk.first + timedelta(9), desk.last)
            desk.write("activity", title=title, kind=kind, date=day, expected=desk.size, actual=int(actual))


def partnerships(desk: Desk, aims: Mapping[str, float]) -> None:
    """Projects with partners, and projects that join party work to the office's own: so many per hundred members."""
    fusions = tuple((title, "") for title in FUSIONS)
    for kind, view, choices in (("共建合作", "activity:partnership", PARTNERSHIPS), ("党建业务融合", "activity:fusion", fusions)):
        if view not in aims:
            continue
        number = max(round(aims[view] * desk.size / 100 + 0.9 * desk.lean(view)), aims[view] > 0)
        for title, partners in desk.pick(choices, number):
            desk.write("activity", title=title, kind=kind, date=desk.day(desk.first, desk.last), partners=partners)


def inspections(desk: Desk, aims: Mapping[str, float]) -> None:
    """Two or three visits: scores about the aim, and the problems found; none are counted where that does not apply."""
    if "inspection:score" not in aims:
        return
    number = int(desk.rng.integers(2, 4))
    apart = desk.rng.uniform(0, 3, number)
    scores = np.clip(aims["inspection:score"] + apart - apart.mean(), 0, 100).round(1)
    problems: list[int | None] = [None] * number
    if (aim := aims.get("inspection:problems")) is not None:
        found = round(aim * number + 0.9 * desk.lean("problems"))
        problems = [int(n) for n in desk.rng.multinomial(max(found, 0), np.full(number, 1 / number))]
    for title, score, count in zip(desk.pick(VISITS, number), scores, problems, strict=True):
        day = desk.day(desk.first + timedelta(6), desk.last)
        desk.write("inspection", title=title, date=day, score=float(score), problems=count)


def brands(book: Book, unit: str, size: int, spans: Sequence[tuple[date, date]], shares: np.ndarray, rng: np.random.Generator) -> None:
    """The unit's branches under its brand, more of them with a sub-brand of their own as time goes on: `shares` (n_periods,) in %.

    A branch has a row without a sub-brand until the day before it gets one.
    """
    branches = int(np.clip(size // 18, 3, 12))
    have = np.maximum.accumulate(np.clip((shares / 100 * branches).round(), 0, branches).astype(int))
    master = f"“{MASTERS[rng.integers(len(MASTERS))]}{AIMS[rng.integers(len(AIMS))]}”"
    subs = rng.permutation(len(BRANCH_AIMS))
    begun = spans[0][0] - timedelta(int(rng.integers(30, 700)))
    for n in range(branches):
        fields = {"title": "支部品牌", "master": master, "branch": f"第{_NUMERALS[n]}党支部"}
        sub = f"{BRANCH_AIMS[subs[n]]}{master[1:3]}"
        t = int(np.searchsorted(have, n, side="right"))
        if t == 0:
            book.write("brand", unit, spans[0][0], **fields, sub=sub, since=begun)
            continue
        since = spans[t][0] + timedelta(int(rng.integers(5, 80))) if t < len(spans) else None
        until = since - timedelta(1) if since else None
        book.write("brand", unit, spans[0][0], **fields, since=begun, until=until)
        if since:
            book.write("brand", unit, spans[0][0], **fields, sub=sub, since=since)
