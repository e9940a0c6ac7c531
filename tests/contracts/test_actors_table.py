import re
from pathlib import Path

from tests.contracts.harness import artifact
from tests.contracts.histories import CERTIFICATE_EVENTS, INVOICE_EVENTS

README = Path(__file__).parents[2] / "contracts" / "README.md"
BOOKS = ("InvoiceBook", "DepositCertificateBook")
OTHERS = "what only the council does: "


def events() -> dict[str, list[str]]:
    found = {
        entry["name"]: [item["name"] for item in entry["inputs"]]
        for book in BOOKS
        for entry in artifact(book)["abi"]
        if entry["type"] == "event"
    }
    return {name: inputs for name, inputs in found.items() if "record" in inputs}


def section() -> str:
    text = README.read_text("utf-8")
    return text[text.index("## Histories") : text.index("## Threats")]


def actors() -> dict[str, str]:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", section(), re.MULTILINE)
    return {event: actor for actor, names in rows for event in names.split(", ")}


def test_each_actor_in_the_readme_is_an_argument_of_its_events() -> None:
    found = events()
    for event, actor in actors().items():
        assert actor in found[event], event


def test_the_readme_says_of_each_event_who_acted_or_that_nobody_did() -> None:
    others = section().partition(OTHERS)[2].partition(".")[0].split(", ")
    assert sorted([*actors(), *others]) == sorted(events())


def test_the_actors_in_the_readme_are_those_that_the_tests_of_histories_expect() -> None:
    for book in (INVOICE_EVENTS, CERTIFICATE_EVENTS):
        assert {event: actors()[event] for event in book.actors} == book.actors
