"""The list of faults in README.md, made from the tests themselves.

`python -m tests.faults.listing` writes it; test_fault_list.py fails if it is not up to date.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

README = Path(__file__).parent / "README.md"
_BEGIN, _END = "<!-- faults: begin -->\n", "<!-- faults: end -->\n"
_CASE = re.compile(r"(?P<module>\w+)\.py::(?P<test>\w+)(\[(?P<case>.*)\])?$")
_OWN = "test_fault_list"


def faults() -> Counter[tuple[str, str]]:
    """How many cases each test has, by its module and name, in the order of the files."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", str(README.parent)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = [match for line in printed.splitlines() if (match := _CASE.search(line))]
    return Counter((match["module"], match["test"]) for match in found if match["module"] != _OWN)


def written() -> str:
    """README.md as it should be."""
    before, _, rest = README.read_text("utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return before + _BEGIN + _table(faults()) + _END + after


def _table(found: Counter[tuple[str, str]]) -> str:
    rows = [
        f"| {_sentence(test)} | `{module}.py` | {cases} |"
        for (module, test), cases in found.items()
    ]
    total = f"**{found.total()} of {found.total()}** must pass.\n"
    return "\n".join((total, "| Fault | Test | Cases |", "| --- | --- | ---: |", *rows, ""))


def _sentence(test: str) -> str:
    words = test.removeprefix("test_").replace("_", " ")
    return words[0].upper() + words[1:]


if __name__ == "__main__":
    README.write_text(written(), "utf-8")
