"""A small city whose ledgers and reports meet in every way: they agree, differ, one fills the other's gap, one says 不适用."""

from pathlib import Path

from store.connection import migrate
from store.ledgers import record_frame
from store.releasing.releases import publish
from tests.store.support import UNITS, bring, intake

FRAMEWORK = """code,parent,name,unit,direction,weight,low,high,normalisation,source,requirement
X,,总指数,分,1,1,,,,,
A,X,维度甲,分,1,60,,,,,
B,X,维度乙,分,1,40,,,,,
A1,A,按期办结率,%,1,50,0,100,goalposts,ledger:task:deployment,守纪律
A2,A,工作评分,分,1,50,0,100,goalposts,report,讲政治
B1,B,责任完成率,%,1,25,0,100,goalposts,ledger:task:duty,守纪律
B2,B,满意度,分,1,75,0,100,goalposts,report,讲政治
"""
PERIODS = ("2024Q4", "2025Q1")
# (unit, A1, A2, B1, B2); no record is due in 2025Q1
REPORTED = {
    "2024Q4": [("U1", 66.7, 80, "not_applicable", 60), ("U2", 50, 60, 80, 40), ("U3", "missing", 50, "pending", 20)],
    "2025Q1": [("U1", 70, 80, 90, 60), ("U2", 50, 60, 80, 40), ("U3", 10, 50, 50, 20)],
}
TASKS = [  # unit, ref, category, due, done: deployments of U1 2 of 3 in time, of U2 1 of 1, of U3 0 of 1; one duty, done, of U1
    ("U1", "1", "重大部署", "2024-10-31", "2024-10-31"),
    ("U1", "2", "重大部署", "2024-11-30", "2024-11-01"),
    ("U1", "3", "重大部署", "2024-12-31", "2025-01-01"),
    ("U1", "4", "主体责任", "2024-12-31", "2024-12-30"),
    ("U2", "1", "重大部署", "2024-12-31", "2024-12-01"),
    ("U3", "1", "重大部署", "2024-12-31", None),
    ("U3", "2", "以案促改", "2024-12-31", None),
]


def tasks(*rows: tuple):
    """A ledger of tasks from rows (unit, ref, category, due, done)."""
    records = [
        dict(unit=u, ref=ref, title=f"任务{ref}", category=c, due=due, done=done, owner="综合处", sheet="任务", row=n)
        for n, (u, ref, c, due, done) in enumerate(rows, 2)
    ]
    return {"task": record_frame("task", records)}


def city(path: Path, policy: str = "", records: tuple = tuple(TASKS)) -> Path:
    """The store, both quarters published; without records where none are given. Index of 2024Q4: U1 70.01, U2 53, U3 23."""
    migrate(path)
    values = [
        (unit, code, period, value)
        for period, lines in REPORTED.items()
        for unit, *line in lines
        for code, value in zip(("A1", "A2", "B1", "B2"), line, strict=True)
    ]
    policy = f'{policy}\n[facets]\nrequirement = "四项要求"\n'
    bring(path, intake(framework_csv=FRAMEWORK, policy_toml=policy), intake(UNITS, values, [("U1", "2024Q4", "bonus", 2, "文1")]))
    if records:
        bring(path, intake(ledgers=tasks(*records), file="任务台账.csv"))
    publish(PERIODS, "测试", path)
    return path
