"""The papers say what the program does: the command-line reference is compared with it, the README's commands are run.

`python -m tests.test_docs` writes docs/cli.md anew.
"""

import io
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement

from manage import cli
from store.frameworks.files import read_framework, read_policy
from store.template.workbook import Contents, write_template

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "cli.md"
READMES = sorted(ROOT.glob("README*.md"))


def helps(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    """(name, help text) of a command and of all below it, in alphabetical order."""
    context = click.Context(command, parent, info_name=name, terminal_width=100, **command.context_settings)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            yield from helps(command.get_command(context, sub), sub, context)


def reference() -> str:
    """docs/cli.md as it should be."""
    parts = [
        "# Command line",
        "",
        "Written by `python -m tests.test_docs` from the program's own help; the tests compare it. "
        "Every command works on the store that `QUALITY_STORE` names, or on `data/quality.db`.",
    ]
    for path, text in helps(cli, "manage.py"):
        parts += ["", f"## {path}", "", "```text", text.rstrip(), "```"]
    return "\n".join(parts) + "\n"


def test_command_line_reference_is_current():
    assert REFERENCE.read_text("utf-8") == reference(), "docs/cli.md is out of date: python -m tests.test_docs"


def commands(readme: Path) -> Iterator[tuple[dict[str, str], list[str]]]:
    """(environment, words) of each manage.py line in the README's fenced blocks, in order; servers and Spark left out."""
    blocks = re.findall(r"^```(?:bash|sh|console|shell)\n(.*?)^```", readme.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    exported: dict[str, str] = {}
    for line in "\n".join(blocks).replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["export"]:
            exported |= dict(word.split("=", 1) for word in words[1:])
        if "manage.py" in words and not {"run", "streamlit", "spark"} & set(words):
            own = dict(word.split("=", 1) for word in words[: words.index("manage.py")] if "=" in word)
            yield exported | own, words[words.index("manage.py") :]


@pytest.fixture
def clone(tmp_path) -> Path:
    """The project's files that commands name, in a folder to be written to, with the table of values that a reader would bring.

    Every sixth country stands for all: here commands are run, what they give is tested elsewhere.
    """
    folder = tmp_path / "clone"
    for part in ("data", "tests/oracles/asem"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("*.db*"))
    countries = folder / "tests" / "oracles" / "asem" / "coinr_idata_panel.csv"
    panel = pd.read_csv(countries, dtype=str, keep_default_na=False)
    panel[panel["uCode"].isin(panel["uCode"].unique()[::6])].to_csv(countries, index=False)
    framework = read_framework(folder / "data" / "framework.csv", read_policy(folder / "data" / "policy.toml"))
    middle = {n.code: (n.low + n.high) / 2 for n in framework.indicators}
    pd.DataFrame([{"unit": f"U{i}", "period": "2026Q3"} | middle for i in range(3)]).to_csv(folder / "values.csv", index=False)
    return folder


def fill_in(workbook: Path) -> None:
    """Fill in a template as its reader would: three units and their values."""
    policy = read_policy(ROOT / "data" / "policy.toml")
    framework = read_framework(ROOT / "data" / "framework.csv", policy)
    units = pd.DataFrame({"code": ["A", "B", "C"], "name": ["甲局", "乙局", "丙局"], "sector": "片组", "size": 40.0})
    values = pd.DataFrame([[name, "2026Q3", *(n.high for n in framework.indicators)] for name in units["name"]])
    write_template(workbook, framework, units, policy, Contents("2026Q3", values))


def test_readmes_show_the_same_commands():
    shown = [list(commands(readme)) for readme in READMES]
    assert len(shown) > 1 and shown[0] and all(lines == shown[0] for lines in shown)


def test_readme_commands_run(clone, monkeypatch):
    """In this process: a process each would spend half of its time on imports. That manage.py starts as one is seen in tests/deploy."""
    monkeypatch.chdir(clone)
    for environment, words in commands(READMES[0]):
        with monkeypatch.context() as shell:
            for name, value in environment.items():
                shell.setenv(name, value)
            done = CliRunner().invoke(cli, words[1:])
        assert done.exit_code == 0, f"{shlex.join(words)}\n{done.output}{done.exception!r}"
        if words[1] == "template":
            fill_in(clone / words[2])


def test_the_readmes_example_runs():
    block = re.search(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)[1]
    done = subprocess.run([sys.executable, "-c", block], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    expected = pd.read_csv(ROOT / "tests/oracles/asem/expected_minmax_arithmetic.csv", index_col="unit").round(6)
    shown = pd.read_csv(io.StringIO(done.stdout), sep=r"\s+", skiprows=[1], index_col=0)
    assert len(shown) == 10 and (shown - expected.loc[shown.index, shown.columns]).abs().max().max() < 2e-6


PAPERS = [*READMES, *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_links_and_pictures_are_there(paper):
    targets = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", paper.read_text("utf-8"))
    targets += re.findall(r'<img[^>]+src="(?!https?://)([^"]+)"', paper.read_text("utf-8"))
    assert [t for t in targets if not (paper.parent / t).exists()] == []


def test_every_direct_dependency_is_pinned():
    pinned = {
        Requirement(line).name
        for path in ROOT.glob("requirements*.txt")
        for line in path.read_text("utf-8").splitlines()
        if line and not line.lstrip().startswith("#")
    }
    listed = re.findall(r'^  "([a-z0-9-]+)(?:\[[a-z]+\])?>=', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert listed and set(listed) <= pinned


if __name__ == "__main__":
    REFERENCE.write_text(reference(), "utf-8")
