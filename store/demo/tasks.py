"""What the demo's offices had to do by a day: tasks, projects in stages, and what was to be put right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from .desk import Desk
from .words import OWN_LIST, PROJECTS, RECTIFICATIONS, TASKS

STAGES = ("事前", "事中", "事后")
# Category, its view, the usual number, and whether the view counts what was done by its due day, or what was by the period's end.
_CATEGORIES = (
    ("重大部署", "task:deployment", 3.6, True), ("主体责任", "task:duty", 3.8, False), ("以案促改", "task:cases", 3.2, False),
    ("模范机关创建", "task:model", 3.5, False),
)  # fmt: skip


def tasks(desk: Desk, aims: Mapping[str, float]) -> None:
    """Tasks of each category: those that count done in time, the others late or not yet."""
    for category, view, usual, by_due in _CATEGORIES:
        if view not in aims:
            continue
        titles = desk.pick(TASKS[category], desk.number(view, usual))
        counted = desk.count(aims[view], len(titles), view)
        for n, title in enumerate(titles):
            due = desk.deadline()
            task = {"title": title, "category": category, "owner": str(desk.rng.choice(desk.offices)), "due": due}
            end = due if by_due or desk.rng.random() < 0.8 else desk.last
            desk.write("task", **task, done=completion(desk, due, end, n < counted, by_due))


def completion(desk: Desk, due: date, end: date, counts: bool, by_due: bool) -> date | None:
    """When a task was done: by `end` where it counts, else later, or not by today. Ahead of time a few are done already."""
    if desk.ahead:
        return desk.day(desk.today - timedelta(20), desk.today) if desk.rng.random() < 0.15 else None
    if counts:
        return desk.day(max(due - timedelta(18), desk.first), end)
    after = due if by_due else desk.last
    latest = 300 if desk.rng.random() < 0.04 else 70  # a few are lost sight of
    return desk.done(after + timedelta(2), after + timedelta(latest))


def projects(desk: Desk, aims: Mapping[str, float]) -> None:
    """Projects of 绩效管理, a task a stage, one stage a month; what is not done yet are last stages."""
    if "task:whole_process" not in aims:
        return
    names = desk.pick(PROJECTS, 1 + (desk.size > 75))
    lacking = 3 * len(names) - desk.count(aims["task:whole_process"], 3 * len(names), "projects")
    quarter = f"{desk.first:%y}年{(desk.first.month + 2) // 3}季度"
    for n, name in enumerate(names):
        mine = lacking // len(names) + (n < lacking % len(names))
        owner = str(desk.rng.choice(desk.offices))
        for month, stage in enumerate(STAGES):
            due = desk.month_end(month)
            done = completion(desk, due, due, month < 3 - mine, False)
            fields = {"title": f"{name}（{quarter}）", "category": "绩效管理", "stage": stage, "owner": owner, "due": due}
            desk.write("task", **fields, done=done)


def rectifications(desk: Desk, aims: Mapping[str, float]) -> None:
    """What is to be put right, one for the whole office, some of departments, some as a number of persons."""
    if "rectification:on_time" not in aims:
        return
    departments, persons = int(desk.rng.integers(1, 4)), 1 + (desk.size > 90)
    counts = [None] * (1 + departments) + [int(c) for c in desk.rng.integers(3, 7 + min(desk.size // 20, 12), persons)]
    budget = (1 - aims["rectification:on_time"] / 100) * sum(c or 1 for c in counts) + desk.rng.uniform(-0.25, 0.75)
    late = set()
    for n in desk.rng.permutation(len(counts)):  # whichever still fit into what may be late
        if (counts[n] or 1) <= budget:
            late.add(int(n))
            budget -= counts[n] or 1
    findings = desk.pick(RECTIFICATIONS, len(counts))
    for n, (count, (source, title)) in enumerate(zip(counts, findings, strict=True)):
        level = "个人" if count else "科室" if n else "全局"
        source, title = OWN_LIST if count else (source, title)
        due = desk.deadline()
        found = min(due, desk.today + timedelta(30)) - timedelta(int(desk.rng.integers(40, 100)))
        closed = None if desk.ahead and n == 0 else _closing(desk, found, due, n in late)  # something is left to do everywhere
        fields = {"title": title, "source": source, "level": level, "count": count, "found": found, "due": due}
        desk.write("rectification", **fields, closed=closed)


def _closing(desk: Desk, found: date, due: date, late: bool) -> date | None:
    if desk.ahead:
        return desk.day(found + timedelta(5), desk.today) if desk.rng.random() < 0.2 else None
    if late:
        return desk.done(due + timedelta(3), due + timedelta(300 if desk.rng.random() < 0.05 else 60))
    return desk.day(max(found, due - timedelta(20)), due)
