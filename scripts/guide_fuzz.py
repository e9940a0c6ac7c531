"""Look for documents that no reader refuses properly, led by the lines of code that they reach.

Needs Atheris, which is no dependency of this repository: `pip install --target DIR atheris`, and
`PYTHONPATH=DIR python -m scripts.guide_fuzz`. Arguments go to libFuzzer, such as
`-max_total_time=300`; without a folder among them it begins with the committed documents alone.
"""

import sys
import tempfile
from pathlib import Path
from random import Random

import atheris  # type: ignore[import-untyped]  # no dependency, see above

with atheris.instrument_imports(include=["ledger.invoices", "ledger.codec", "pypdf"]):
    # Readers of PDFs and JSON are loaded with the first document otherwise, and not watched then.
    import ledger.invoices.json_form
    import ledger.invoices.pdf  # noqa: F401
    from tests.property.invoices.damage import JSON_SEEDS, PDF_SEEDS, XML_SEEDS, altered
    from tests.property.invoices.reading import use

_OURS = 0.5
"""How often a change is one that knows the forms, and not one of libFuzzer's."""


def main() -> None:
    """Run until something fails or libFuzzer's limits are reached."""
    with tempfile.TemporaryDirectory() as folder:
        for place, seed in enumerate((*XML_SEEDS, *JSON_SEEDS, *PDF_SEEDS)):
            Path(folder, str(place)).write_bytes(seed)
        atheris.Setup([*sys.argv, folder], _use, custom_mutator=_mutated)
        atheris.Fuzz()


def _use(data: bytes) -> None:
    use(data)


def _mutated(data: bytes, most: int, seed: int) -> bytes:
    random = Random(seed)  # noqa: S311 - reproducible, and no secret
    if random.random() < _OURS:
        return altered(random, data)[:most]
    return bytes(atheris.Mutate(data, most))


if __name__ == "__main__":
    main()
