"""A small city in which every name that a file or a person can bring is an attack: on a spreadsheet, on a document, on a page."""

from pathlib import Path

import pandas as pd

from store import meetings, scenarios
from store.connection import migrate
from store.people.roles import Person
from store.releasing import appeals, releases
from tests.store.support import POLICY, bring, intake, whole

HARM = "<img src=x onerror='harmed=1'>"
UNITS = {  # by code; the characters by which a spreadsheet knows a formula come first
    "U1": f"=1+1 {HARM}局",
    "U2": "@SUM(A1) </script><script>harmed=1</script>局",
    "U3": "+cmd|' /C calc'!A0 ${harmed=1} *星* [链](javascript:harmed=1)局",
    "U4": "<script>harmed=1</script>局",
    "U5": "\"双\" '单' “中文” `代码` $x^2$ *星* _线_ | 表 :red[红]",
    "U6": "<b>粗</b> &amp; \u202e倒",
    "U7": "🏮质效🎉👨‍👩‍👧委员会",
    "U8": "长" * 200,
}
NODES = {
    "A": f"=2+3 {HARM}维度", "B": "@乙 {{7*7}}维度", "A1": f"+1 {HARM}指标", "B1": "\t=1 { DDEAUTO c:\\\\windows cmd }指标",
}  # fmt: skip
SECTOR, NAME = f"-1 {HARM}组", "=1 <img src=x onerror=harmed=1>"
FILE, REASON = f"=1+1 {HARM}.csv", f"=HYPERLINK(1) {HARM}</td>"
LOCAL = Person("local", "本机用户", local=True)


def make_odd(path: Path) -> Path:
    """Two published periods and a draft; all has such names, from units to a scenario, a meeting, an appeal and its answer."""
    migrate(path)
    framework = [
        ["X", "", "=总指数", "分", 1, 1, None, None, None], ["A", "X", NODES["A"], "分", 1, 60, None, None, None],
        ["B", "X", NODES["B"], "分", 1, 40, None, None, None], ["A1", "A", NODES["A1"], "%", 1, 50, 0, 100, "goalposts"],
        ["A2", "A", "指标甲二", "%", 1, 50, 0, 100, "goalposts"], ["B1", "B", NODES["B1"], "件", -1, 50, 0, 10, "goalposts"],
        ["B2", "B", "指标乙二", "=分", 1, 50, 0, 50, "goalposts"],
    ]  # fmt: skip
    columns = ["code", "parent", "name", "unit", "direction", "weight", "low", "high", "normalisation"]
    units = pd.DataFrame([(unit, name, SECTOR, 10.0) for unit, name in UNITS.items()], columns=["code", "name", "sector", "size"])
    rows = [(unit, 90 - 5 * k, 80 - 3 * k, k, 45 - 4 * k) for k, unit in enumerate(UNITS)]
    values = whole("2024Q4", *rows) + whole("2025Q1", *((unit, a - 10, *rest) for unit, a, *rest in reversed(rows)))
    bring(path, intake(framework_csv=pd.DataFrame(framework, columns=columns).to_csv(index=False), policy_toml=POLICY, sha256="f" * 64))
    bring(path, intake(units, values, [("U1", "2025Q1", "bonus", 2, REASON)], file=FILE, sha256="d" * 64))
    releases.publish(["2024Q4", "2025Q1"], "测试", path)
    appeals.ask(LOCAL, 2, "U1", "A1", REASON, path)
    appeals.ask(LOCAL, 2, "U2", "A2", "应为 95", path)
    appeals.answer(LOCAL, 1, "reply", REASON, path=path, shown=True)
    scenarios.save_scenario(NAME, 2, {}, NAME, path)
    meetings.save_meeting(NAME, ["city"], NAME, path)
    bring(path, intake(values=[("U3", "A1", "2025Q1", 11.0)], file=FILE))
    releases.draft(["2025Q1"], "测试", path)
    return path
