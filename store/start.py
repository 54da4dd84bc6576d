"""A store's beginning: the framework and policy of data/, or a data set's own, then files by the same way as any import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .connection import reader, store_path, write_tx
from .errors import BatchError, ImportRefused, StoreOccupied
from .frameworks.files import DATA, parse_framework, parse_policy, policy_text
from .importing.batches import write_batch
from .importing.intake import Intake, Known, framework_intake, read_intakes
from .keeping.backup import upgrade
from .keeping.placing import new_store
from .releasing.panel import data_periods
from .releasing.releases import Progress, Published, publish


@dataclass(frozen=True)
class Beginning:
    """What a new store begins with. Without `framework` one of `files` must bring it.

    Without `policy` it is the one among `files`, else COINr's for an iMeta and the built-in one for any other framework. `guidance`
    is left out where it does not fit the policy: its tiers or facets may have other names there.
    """

    policy: Path | None = None
    framework: Path | None = None
    guidance: Path | None = None
    files: Sequence[Path] = ()
    demo: bool = False


def default_beginning(policy: Path | None = None, demo: bool = False) -> Beginning:
    """The framework, policy and guidance of data/, with the demo's files when asked for."""
    files = sorted((DATA / "demo").glob("*.csv")) if demo else []
    return Beginning(policy or DATA / "policy.toml", DATA / "framework.csv", DATA / "guidance.csv", files, demo)


def data_set(files: Sequence[Path], policy: Path | None = None) -> Beginning:
    """A data set that brings its own framework, such as COINr's two tables."""
    return Beginning(policy, files=files)


def begin(
    beginning: Beginning, by: str, path: Path | None = None, progress: Progress | None = None
) -> list[Published]:
    """Make the store, import the files, publish every period. A store that is there may only be an empty one.

    A new store appears when all of it is done: a broken start leaves nothing. Raises StoreOccupied, ImportRefused, StoreError.
    """
    path = Path(path or store_path())
    intakes = _intakes(beginning)
    if not path.exists():
        with new_store(path) as part:
            return _fill(part, intakes, by, progress)
    upgrade(path)
    with reader(path) as db:
        if count := db.execute("SELECT count(*) FROM batch WHERE rows > 0").fetchone()[0]:
            raise StoreOccupied(
                f"库 {path} 中已有 {count} 批数据，没有改动；请用 import 追加数据，"
                "或把 QUALITY_STORE 指向新文件，或先移走旧库再运行 init"
            )
        live = {row[0] for row in db.execute("SELECT sha256 FROM batch WHERE revoked_at IS NULL")}
    return _fill(path, [i for i in intakes if i.sha256 not in live], by, progress)


def _intakes(beginning: Beginning) -> list[Intake]:
    policy_toml = policy_text(beginning.policy) if beginning.policy else None
    policy = parse_policy(policy_toml or "")
    if beginning.framework is None:
        intakes = read_intakes(beginning.files, Known({}, None, policy))
        if all(i.framework_csv is None for i in intakes):
            raise BatchError("这些文件中没有指标体系；请加上 framework.csv、iMeta，或有“指标体系”表的工作簿")
        return [_with_policy(i, policy_toml) if i.framework_csv is not None else i for i in intakes]
    framework_csv = beginning.framework.read_text(encoding="utf-8-sig")
    framework = parse_framework(framework_csv, policy)
    first = framework_intake(f"{beginning.framework.name} + {beginning.policy.name}", framework_csv, policy_toml)
    known = Known({}, framework, policy)
    return [first, *_guidance(beginning, known), *read_intakes(beginning.files, known, demo=beginning.demo)]


def _guidance(beginning: Beginning, known: Known) -> list[Intake]:
    try:
        return read_intakes([beginning.guidance] if beginning.guidance else [], known)
    except ImportRefused:
        return []


def _with_policy(intake: Intake, given: str | None) -> Intake:
    """The intake that brings the framework, with the policy that goes with it."""
    if given is not None and intake.policy_toml is not None:
        raise BatchError(f"{intake.file} 随带了一份评分规则，--policy 又给了一份；请只留一份")
    own = given if given is not None else intake.policy_toml
    if own is None:
        own = policy_text(DATA / "policy.coinr.toml") if intake.coinr else ""
    return replace(intake, policy_toml=own)


def _fill(path: Path, intakes: list[Intake], by: str, progress: Progress | None) -> list[Published]:
    with write_tx(path) as db:
        for intake in intakes:
            write_batch(db, intake, by)
        periods = data_periods(db)
    return publish(periods, by, path, progress) if periods else []
