"""`python -m devnet`: the chain by itself."""

import argparse
import sys
from pathlib import Path

from devnet import server
from devnet.errors import DevnetError
from devnet.opening import DEFAULT_ACCOUNTS, DEFAULT_CHAIN_ID


def main() -> int:
    """Read the options and serve; 0 after a signal, 2 when the chain cannot be started."""
    options = _parser().parse_args()
    try:
        server.run(**vars(options))
    except DevnetError as exc:
        sys.stderr.write(f"devnet: {exc}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devnet", description="A persistent local chain for development."
    )
    parser.add_argument("--data-dir", type=Path, default=Path("var/devnet"), metavar="DIR")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=server.DEFAULT_PORT, help="0 takes a free one")
    parser.add_argument(
        "--chain-id", type=int, help=f"for the first start; {DEFAULT_CHAIN_ID} if not given"
    )
    parser.add_argument(
        "--accounts", type=int, help=f"for the first start; {DEFAULT_ACCOUNTS} if not given"
    )
    parser.add_argument(
        "--block-time",
        type=float,
        dest="block_time_seconds",
        metavar="SECONDS",
        help="seal at this interval; each transaction at once if not given",
    )
    parser.add_argument("--url-file", type=Path, metavar="FILE", help="write the chosen URL here")
    return parser


if __name__ == "__main__":
    sys.exit(main())
