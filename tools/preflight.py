"""Says in plain words why a start cannot work, before pip or Streamlit says it at length. Standard library only.

python3 tools/preflight.py python       is this Python new enough, and can it make virtual environments?
python3 tools/preflight.py port 8501    is the port free?
"""

import importlib.util
import socket
import sys


def python_problem():
    """One sentence on what this Python lacks, or None. Runs on any Python 3, hence the plain syntax."""
    if sys.version_info < (3, 11):
        return (
            "需要 Python 3.11 或更高版本，当前是 %d.%d。安装后用 make PYTHON=python3.12 指定。\n"
            "Python 3.11 or later is needed, this is %d.%d: install one, then make PYTHON=python3.12" % (sys.version_info[:2] * 2)
        )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        return (
            "这个 Python 缺少 venv 模块。请先运行：sudo apt-get install python3-venv\n"
            "This Python has no venv module: sudo apt-get install python3-venv"
        )
    return None


def port_problem(port):
    """One sentence when the port on this machine is taken, or None."""
    with socket.socket() as probe:
        if sys.platform != "win32":  # there the option would let two servers share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return (
                "端口 {0} 已被占用（也许质效云图已经打开：http://localhost:{0}）。换一个端口：make run PORT={1}\n"
                "Port {0} is taken (perhaps the dashboard runs already); choose another: make run PORT={1}"
            ).format(port, port + 1)
    return None


if __name__ == "__main__":
    sys.exit(port_problem(int(sys.argv[2])) if sys.argv[1:2] == ["port"] else python_problem())
