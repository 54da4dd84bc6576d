"""The papers say what the program does: the command-line reference is compared with it, the README's commands are run.

`python -m tests.test_docs` writes docs/cli.md anew.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement

from manage import cli

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "cli.md"
READMES = sorted(ROOT.glob("README*.md"))
COMMAND = re.compile(r"^(?:\$ )?((?:\w+=\S+ )*)(?:\S*python[\d.]*|py) (manage\.py .*)$")


def helps(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    """(name, help text) of a command and of all below it, in alphabetical order."""
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
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


def commands(readme: Path) -> list[str]:
    """The command lines of manage.py in the README's fenced blocks, in order, continued lines joined."""
    blocks = re.findall(r"^```(?:bash|sh|console|shell)\n(.*?)^```", readme.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in lines if COMMAND.match(line)]


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A folder that looks like a fresh clone and may be written to."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("*.db*"))
    for entry in ROOT.iterdir():
        if not entry.name.startswith(".") and entry.name != "data":
            (tmp_path / entry.name).symlink_to(entry, target_is_directory=entry.is_dir())
    return tmp_path


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_readme_commands_run(readme, checkout):
    lines = commands(readme)
    assert lines, f"{readme.name} shows no command of manage.py"
    environment = {k: v for k, v in os.environ.items() if k != "QUALITY_STORE"} | {"PYTHONIOENCODING": "utf-8"}
    for line in lines:
        settings, command = COMMAND.match(line).groups()
        own = dict(setting.split("=", 1) for setting in settings.split())
        words = shlex.split(command, comments=True)
        done = subprocess.run(
            [sys.executable, *words],
            cwd=checkout,
            env={**environment, **own},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, f"{readme.name}: {line}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("paper", [*READMES, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name)
def test_links_and_pictures_are_there(paper):
    targets = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", paper.read_text("utf-8"))
    targets += re.findall(r'<img[^>]+src="(?!https?://)([^"]+)"', paper.read_text("utf-8"))
    assert [t for t in targets if not (paper.parent / t).exists()] == []


def test_every_direct_dependency_is_pinned():
    pinned = {
        Requirement(line).name
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / name).read_text("utf-8").splitlines()
        if line and not line.lstrip().startswith("#")
    }
    listed = re.findall(r'^  "([a-z0-9-]+)>=', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert listed and set(listed) <= pinned


if __name__ == "__main__":
    REFERENCE.write_text(reference(), "utf-8")
