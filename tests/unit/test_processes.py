import signal
import sys
from pathlib import Path

import pytest

from scripts.processes import Process, StartError


def test_a_process_that_was_killed_is_told_by_its_signal_and_not_by_its_log(tmp_path: Path) -> None:
    log, url_file = tmp_path / "api.log", tmp_path / "url"
    listens = f"""
import os, signal
print('{{"event":"bundle.accepted"}}', flush=True)
open({str(url_file)!r}, "w").write("http://127.0.0.1:1")
while not os.path.exists({str(tmp_path / "go")!r}):
    pass
os.kill(os.getpid(), signal.SIGKILL)
"""
    process = Process("the API", [sys.executable, "-c", listens], log, url_file)
    process.start()
    (tmp_path / "go").touch()
    while process.running:
        pass
    assert process.last_words() == f"it was killed by signal {signal.SIGKILL:d} (log: {log})"


def test_a_process_that_ends_by_itself_is_told_by_the_end_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    fails = "print('one'); print('the port is taken'); raise SystemExit(1)"
    process = Process("the API", [sys.executable, "-c", fails], log, tmp_path / "url")
    with pytest.raises(StartError, match="the API did not start: the port is taken"):
        process.start()
