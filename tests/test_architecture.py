"""What the layout promises: who may import whom, where SQL and figures live, and what no file of the tree may hold."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("scoring", "engines", "store", "ui", "server", "charts", "reports", "briefs", "pages", "commands")
ENTRIES = ("manage.py", "dashboard.py")
BINARY = {".png", ".jpg", ".ico", ".xlsx", ".docx", ".pptx", ".db"}


def product_files() -> list[Path]:
    """Every Python file that runs in the product: the rooms and the two entries, tests and benches left out."""
    rooms = [p for room in ROOMS for p in sorted((ROOT / room).rglob("*.py"))]
    return rooms + [ROOT / name for name in ENTRIES]


def tree_files() -> list[Path]:
    """Every text file that belongs to the project: what git tracks or would track."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout: the project's files cannot be told from the rest")
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [p for p in paths if p.is_file() and p.suffix not in BINARY]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def texts(path: Path) -> list[tuple[int, str]]:
    """The string constants of a Python file with their lines, docstrings left out (they may speak of anything)."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]


def imported(path: Path) -> set[str]:
    """Top-level names of the modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_imports_keep_to_the_contracts():
    run("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache")


def test_ruff_has_nothing_to_say():
    run("-m", "ruff", "check", "--no-cache", ".")


SQL = re.compile(
    r"\b(SELECT\b.+\bFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|(CREATE|DROP|ALTER)\s+(TABLE|VIEW|INDEX"
    r"|TRIGGER)|PRAGMA\s+\w|BEGIN\s+(IMMEDIATE|DEFERRED|EXCLUSIVE)|ATTACH\s+DATABASE)\b",
    re.DOTALL,
)


def test_sql_is_written_in_store_only():
    outside = [p for p in product_files() if p.relative_to(ROOT).parts[0] != "store"]
    found = [f"{name(p)}:{line}" for p in outside for line, text in texts(p) if SQL.search(text)]
    assert not found, f"SQL outside store/: {found}"


def test_no_entry_opens_a_database():
    """import-linter looks at packages only; the two entries are single modules."""
    assert [e for e in ENTRIES if imported(ROOT / e) & {"sqlite3", "sqlite_utils"}] == []


def test_nothing_calls_the_outside():
    callers = {"requests", "urllib", "urllib3", "http", "httpx", "aiohttp", "socket", "ftplib", "smtplib"}
    found = {name(p): sorted(imported(p) & callers) for p in product_files() if imported(p) & callers}
    assert not found, f"modules that reach for the network: {found}"
    links = [
        f"{name(p)}:{line} {text}"
        for p in product_files()
        for line, text in texts(p)
        if re.search(r"https?://(?!localhost|schemas\.|127\.0\.0\.1|www\.w3\.org)", text)
    ]
    assert not links, f"addresses outside the server: {links}"


def test_figures_and_colours_come_from_charts():
    # dashboard.py warms plotly up before the first visitor; it draws nothing
    drawing = [name(p) for p in product_files() if "plotly" in imported(p)]
    assert [n for n in drawing if not n.startswith("charts/") and n != "dashboard.py"] == []
    colour = re.compile(r"#[0-9a-fA-F]{6}\b|\brgba?\(\s*\d")
    found = [
        f"{name(p)}:{line} {text}"
        for p in product_files()
        if name(p) not in ("charts/theme.py", "reports/palette.py")  # a test holds the second equal to the first
        for line, text in texts(p)
        if colour.search(text) and not text.startswith("<style>")
    ]
    assert not found, f"colours outside charts/theme.py and the screen's style sheets: {found}"


def test_code_knows_no_dimension_of_the_default_framework():
    framework = pd.read_csv(ROOT / "data/framework.csv", dtype=str).fillna("")
    root = framework.loc[framework["parent"] == "", "code"].item()
    own = framework.loc[framework["parent"] == root, "name"]
    found = [
        f"{name(p)}:{line} {text}"
        for p in product_files()
        for line, text in texts(p)
        if any(word in text for word in own)
    ]
    assert not found, f"names that belong to data/framework.csv: {found}"


def test_no_file_points_out_of_the_tree():
    """A path of somebody's machine, a note to do later or a name for leftovers has no place in what people get."""
    patterns = {
        "a path of one machine": r"(?<![\w.:/-])/(?:home|root|work|Users|tmp)/",
        "a folder beside the tree": r"\.\./shared\b",
        "work left to do": r"\b(?:TODO|FIXME|XXX)\b",
        "talk of who wrote it": r"(?i)\bsub-?agents?\b|\blanguage models?\b|\bthe helpers?\b|\bhelper session",
    }
    own = Path(__file__).resolve()
    found = [
        f"{name(path)}:{number}: {what}"
        for path in tree_files()
        if path.resolve() != own
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        for what, pattern in patterns.items()
        if re.search(pattern, line)
    ]
    assert not found, "\n".join(found)


def test_no_file_is_named_for_leftovers():
    leftovers = re.compile(r"(^|/)(utils?|helpers?|misc|common|[^/]*_v\d+)\.py$")
    assert [name(p) for p in tree_files() if leftovers.search(p.as_posix())] == []


def test_pages_are_short():
    lengths = {name(p): len(p.read_text("utf-8").splitlines()) for p in (ROOT / "pages").glob("*.py")}
    assert {n: length for n, length in lengths.items() if length > 80} == {}
