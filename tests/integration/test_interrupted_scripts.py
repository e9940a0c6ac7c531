"""`make demo` and `make serve`, interrupted by a person or a supervisor."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


def start_script(name: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", f"scripts.{name}", "--dir", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def check_nothing_listens(folder: Path) -> None:
    ports = [int(path.read_text("utf-8")) for path in folder.glob("*.port")]
    assert ports
    for port in ports:
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{port}/", timeout=2)


def test_interrupting_make_serve_ends_its_processes(tmp_path: Path) -> None:
    with start_script("serve", tmp_path) as serve:
        assert serve.stdout is not None
        for line in serve.stdout:
            if "Ctrl-C ends it" in line:
                break
        serve.send_signal(signal.SIGINT)
        _, complaints = serve.communicate(timeout=30)
    assert (serve.returncode, complaints) == (0, "")
    assert len(list(tmp_path.glob("*.port"))) == 2
    check_nothing_listens(tmp_path)


@pytest.mark.parametrize("name", ["demo", "serve"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_start_that_is_interrupted_ends_at_once_and_leaves_no_process(
    name: str, number: signal.Signals, tmp_path: Path
) -> None:
    with start_script(name, tmp_path) as script:
        deadline = time.monotonic() + START_SECONDS
        while not (tmp_path / "devnet.port").exists():
            assert script.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        script.send_signal(number)
        _, complaints = script.communicate(timeout=15)
    assert script.returncode == 130
    assert "Interrupted" in complaints
    assert "Traceback" not in complaints
    check_nothing_listens(tmp_path)
