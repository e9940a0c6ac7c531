"""What the figures were reached on. Nothing of when, or of whose machine it is."""

import os
import platform
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path


def machine_facts() -> dict[str, str]:
    """Processors, memory and versions, by name."""
    facts = {
        "processors": f"{os.cpu_count()}, {_processor()}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
    }
    for name, command in (
        ("OpenSSL", ["openssl", "version"]),
        ("Node", ["node", "--version"]),
        ("C compiler", ["cc", "--version"]),
        ("PostgreSQL", ["psql", "--version"]),
    ):
        facts[name] = _version(command)
    return facts


def _processor() -> str:
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    return found[1] if found else platform.machine()


def _version(command: list[str]) -> str:
    if shutil.which(command[0]) is None:
        return "not there"
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the lines above
    found = re.search(r"\d+(\.\d+)+", done.stdout)
    return found[0] if found else "unknown"
