"""Asks for a turn as a process of its own: `python -m tests.support.turn_holder URL NAME`.

Prints whether it has it, and keeps it until its input ends.
"""

import sys

from ledger.store.engine import open_store


def main() -> None:
    url, name = sys.argv[1:]
    with open_store(url).turn(name) as mine:
        sys.stdout.write(f"{mine}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
