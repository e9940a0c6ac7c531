"""`make demo`: the whole job on a real invoice, through the product's own doors.

A development chain and the service run as processes of their own on free loopback ports; all that
happens here goes over HTTP or through the `sealbook` command, with a key for each member.
"""

import argparse
import shutil
import sys
from pathlib import Path

from ledger.cli.exits import INTERRUPTED
from ledger.errors import SealbookError
from scripts.folder import DEFAULT_FOLDER, claim, held, set_aside
from scripts.processes import ScriptError, interrupt_on_signals
from scripts.stack import open_stack
from scripts.story import say, step
from scripts.story_steps import Story

VECTORS = Path(__file__).parents[1] / "tests" / "vectors" / "good"
DOCUMENTS = {
    "invoice.xml": VECTORS / "zfcorpus__UBL__EN16931_Einfach.ubl.xml",
    "invoice.pdf": VECTORS / "zfcorpus__FX__EN16931_Einfach.pdf",
    "delivery-note.pdf": VECTORS / "delivery-note.pdf",
}


def main() -> int:
    """Tell the story. Returns 1 if it does not come out as told, 130 if it is interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--dir",
        type=Path,
        default=DEFAULT_FOLDER,
        help="where everything is kept (%(default)s); what an earlier run left is set aside",
    )
    folder: Path = parser.parse_args().dir
    interrupt_on_signals()
    try:
        with held(folder):
            _tell(folder)
    except KeyboardInterrupt:
        print(f"\nInterrupted; chain and API are ended, logs in {folder}/logs", file=sys.stderr)
        return INTERRUPTED
    except (ScriptError, SealbookError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _tell(folder: Path) -> None:
    _make_folder(folder)
    step(1, "A chain starts, and the council admits a supplier, a buyer and two financiers")
    with open_stack(folder, say) as stack:
        story = Story(stack)
        for tell in (
            story.register,
            story.finance,
            story.sell_twice,
            story.disclose,
            story.audit,
            story.trace,
            story.farewell,
        ):
            tell()


def _make_folder(folder: Path) -> None:
    if aside := set_aside(folder):
        say(f"What an earlier run left in {folder} is in {aside} now; delete it when you like.")
    claim(folder)
    for name, source in DOCUMENTS.items():
        shutil.copyfile(source, folder / name)


if __name__ == "__main__":
    sys.exit(main())
