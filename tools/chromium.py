"""Finds a Chromium for browser tests, bench and screenshots; run as a program, it installs one where there is none.

Standard library only. Installing goes through the system's package manager, as root or where sudo asks nothing;
it never fails the caller, since the tests say themselves what they miss.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "chrome", "msedge")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
INSTALLERS = {  # package manager → the arguments that bring Chromium and a Chinese font
    "apt-get": ["install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"],
    "dnf": ["install", "-y", "chromium", "google-noto-sans-cjk-fonts"],
    "pacman": ["-S", "--noconfirm", "chromium", "noto-fonts-cjk"],
    "brew": ["install", "--cask", "chromium"],
}


def find() -> str | None:
    """Path of a Chromium-like browser: $CHROMIUM, else one on the PATH, else one in the usual places."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    on_path = (shutil.which(name) for name in NAMES)
    return next((str(p) for p in (*on_path, *PLACES) if p and Path(p).exists()), None)


def install_line() -> str:
    """What a person types to get a browser on this machine."""
    for manager, arguments in INSTALLERS.items():
        if shutil.which(manager):
            return " ".join(([] if manager == "brew" else ["sudo"]) + [manager, *arguments])
    return "install Chromium, Google Chrome or Microsoft Edge, or set CHROMIUM to the program's path"


def rights() -> list[str] | None:
    """The words before a system install: none as root, `sudo -n` where it asks nothing, None where there is no way."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    asks_nothing = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    return ["sudo", "-n"] if asks_nothing else None


def install() -> None:
    """Install Chromium by the first package manager found, where it can be done without asking."""
    manager = next((m for m in INSTALLERS if shutil.which(m)), None)
    before = [] if manager == "brew" else rights()
    if manager is None or before is None:
        return
    print(f"Installing Chromium for the browser tests ({manager})", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if manager == "apt-get":
        subprocess.run([*before, manager, "-qq", "update"], env=environment)
    subprocess.run([*before, manager, *INSTALLERS[manager]], env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    if find() is None:
        install()
    if find() is None:
        print(f"No Chromium here, so what needs one is skipped. To get one: {install_line()}", file=sys.stderr)
