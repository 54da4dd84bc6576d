"""systemd's units and the scripts that they run: what they are held to without a systemd that runs them."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from store.connection import reader
from tests.deploy.house import DEPLOY, HERE
from tests.store.support import make_store
from tools.live import ROOT, over

ANALYSE = shutil.which("systemd-analyze")
SCRIPTS = ("backup", "rolling-restart", "wait-until-healthy", "watch")


@pytest.fixture
def units(tmp_path) -> Path:
    """The units with what they start put where it is here, the template as the replica of one port."""
    if ANALYSE is None:
        pytest.skip("no systemd-analyze on this machine")
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text("utf-8").replace(f"{HERE}/.venv/bin/python", sys.executable).replace(HERE, str(ROOT))
        text = re.sub(r"^(User|Group)=.*\n", "", text, flags=re.MULTILINE).replace("/etc/zhixiao/", f"{DEPLOY}/")
        (tmp_path / unit.name.replace("@.", "@8501.")).write_text(text, "utf-8")
    return tmp_path


def test_systemd_understands_every_unit(units):
    done = subprocess.run([ANALYSE, "verify", *sorted(units.iterdir())], capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "zhixiao" in line]
    assert done.returncode == 0 and ours == [], done.stderr


@pytest.mark.parametrize("name", ["zhixiao@8501.service", "zhixiao-backup.service"])
def test_what_a_unit_may_do_is_little(units, name):
    done = subprocess.run([ANALYSE, "security", "--offline=true", "--threshold=20", units / name], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout  # 2.0 of 10 at most


def test_replicas_and_backup_read_one_file_and_nginx_knows_every_port():
    units = [(DEPLOY / "systemd" / name).read_text("utf-8") for name in ("zhixiao@.service", "zhixiao-backup.service")]
    assert all("EnvironmentFile=/etc/zhixiao/zhixiao.env" in unit for unit in units)
    site = (DEPLOY / "nginx" / "zhixiao.conf").read_text("utf-8")
    pools = dict(re.findall(r"upstream (zhixiao\S*) \{(.*?)\}", site, re.DOTALL))
    ports = {name: set(re.findall(r"127\.0\.0\.1:(\d+)", body)) for name, body in pools.items()}
    every = ports.pop("zhixiao")
    assert {name.partition("_")[2] for name in ports} == every and all(mine == every for mine in ports.values())
    assert re.findall(r"^    (\d+) +(\S+);", site, re.MULTILINE) == [(port, f"zhixiao_{port}") for port in sorted(every)]


def test_nginxs_logs_lie_where_its_package_turns_them_over():
    rotation = Path("/etc/logrotate.d/nginx")
    if not rotation.exists():
        pytest.skip("no logrotate rules of nginx on this machine")
    taken = rotation.read_text("utf-8").split("{")[0].split()
    site = (DEPLOY / "nginx" / "zhixiao.conf").read_text("utf-8")
    logs = re.findall(r"^ +(?:access|error)_log +(\S+)", site, re.MULTILINE)
    assert len(logs) == 2 and all(any(Path(log).match(pattern) for pattern in taken) for log in logs)


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_run_in_any_shell_and_are_executable(name):
    script = DEPLOY / name
    assert os.access(script, os.X_OK) and subprocess.run(["sh", "-n", script]).returncode == 0


@pytest.fixture
def backup(tmp_path) -> Callable[..., subprocess.CompletedProcess]:
    """backup(keep): what deploy/backup does in a folder with three old copies and a file of somebody else's."""
    store, copies = make_store(tmp_path / "quality.db"), tmp_path / "copies"
    copies.mkdir()
    for name in ("quality-20260101-023000.db", "quality-20260102-023000.db", "quality-20260103-023000.db", "quality-notes.db"):
        (copies / name).write_text("old")

    def run(keep: str) -> subprocess.CompletedProcess:
        settings = {"ZHIXIAO_BACKUPS": str(copies), "ZHIXIAO_KEEP": keep, "ZHIXIAO_PYTHON": sys.executable}
        return subprocess.run([DEPLOY / "backup"], env=over(store) | settings, capture_output=True, text=True)

    run.store, run.copies = store, copies
    return run


def test_a_backup_is_a_store_and_as_many_are_kept_as_asked_for(backup):
    done = backup("2")
    assert done.returncode == 0, done.stderr
    *alien, old, new = sorted(backup.copies.iterdir(), key=lambda path: (path.name != "quality-notes.db", path.name))
    assert [path.name for path in alien] == ["quality-notes.db"] and old.name == "quality-20260103-023000.db"
    with reader(new) as copy, reader(backup.store) as store:
        count = "SELECT count(*) FROM observation"
        assert copy.execute(count).fetchone() == store.execute(count).fetchone()


def test_a_store_with_faults_takes_no_older_copy_away(backup):
    with closing(sqlite3.connect(backup.store)) as db, db:
        db.execute("DROP TRIGGER audit_no_update")
        db.execute("UPDATE audit SET by = 'somebody else' WHERE id = 1")
    done = backup("1")
    assert done.returncode == 1 and "No older copy was taken away" in done.stderr
    assert len(list(backup.copies.glob("quality-2026010*.db"))) == 3 and len(list(backup.copies.glob("*.unsound"))) == 1


def test_a_round_ends_where_a_replica_does_not_come_up(tmp_path):
    """The first is asked to restart and serves nothing afterwards: the second is never touched."""
    (tmp_path / "systemctl").write_text(f'#!/bin/sh\necho "$@" >>"{tmp_path}/asked"\nexit 1\n')
    (tmp_path / "systemctl").chmod(0o755)
    (tmp_path / "curl").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "curl").chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([DEPLOY / "rolling-restart", "8501", "8502"], env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and "port 8501 did not come up" in done.stderr
    assert (tmp_path / "asked").read_text().splitlines() == ["restart zhixiao@8501.service"]


def test_one_that_does_not_answer_is_started_anew_and_one_that_answers_is_not(tmp_path):
    """The first does not come up again: the second is looked at all the same."""
    with socket.create_server(("127.0.0.1", 0)) as stuck, HTTPServer(("127.0.0.1", 0), Unwell) as unwell:
        Thread(target=unwell.serve_forever, daemon=True).start()
        ports = stuck.getsockname()[1], unwell.server_port
        units = "\n".join(f"zhixiao@{port}.service loaded active running -" for port in ports)
        script = f"#!/bin/sh\n[ $1 = list-units ] && echo '{units}' || {{ echo \"$@\" >>'{tmp_path}/asked'; [ $1 != restart ]; }}\n"
        (tmp_path / "systemctl").write_text(script)
        (tmp_path / "systemctl").chmod(0o755)
        environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "ZHIXIAO_PATIENCE": "0.3"}
        done = subprocess.run([DEPLOY / "watch"], env=environment, capture_output=True)
        unwell.shutdown()
    assert done.returncode == 1 and Unwell.answers
    unit = f"zhixiao@{ports[0]}.service"
    assert (tmp_path / "asked").read_text().splitlines() == [f"kill --signal=SIGKILL {unit}", f"restart {unit}"]


class Unwell(BaseHTTPRequestHandler):
    """Answers that something is amiss."""

    answers: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.answers.append(self.path)
        self.send_error(503)

    def log_message(self, *_) -> None:
        return
