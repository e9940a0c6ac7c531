from typing import Any

import pytest

from ledger.errors import ConfigurationError
from scripts.regenerate_contract_docs import README, callers, fill

PAY: dict[str, Any] = {
    "type": "function",
    "name": "pay",
    "stateMutability": "nonpayable",
    "inputs": [
        {"name": "record", "type": "bytes32"},
        {
            "name": "parts",
            "type": "tuple[]",
            "components": [
                {"name": "to", "type": "bytes32"},
                {"name": "units", "type": "uint80"},
            ],
        },
    ],
}
MULTICALL: dict[str, Any] = {
    "type": "function",
    "name": "multicall",
    "stateMutability": "nonpayable",
    "inputs": [{"name": "data", "type": "bytes[]"}],
}
SIGNATURE = "pay(bytes32,(bytes32,uint80)[])"


def artifact(*abi: dict[str, Any], **said: str) -> dict[str, Any]:
    return {"contractName": "Till", "abi": [*abi], "callers": said}


def test_each_function_that_changes_state_stands_with_its_caller() -> None:
    form = artifact(PAY, MULTICALL, **{SIGNATURE: "a payer | a payee"})
    assert callers([form]) == (
        "**Till**\n\n"
        "| Function | Caller |\n"
        "|---|---|\n"
        "| `multicall(data)` | anybody; each call needs what it needs on its own |\n"
        "| `pay(record, parts)` | a payer \\| a payee |\n"
    )


def test_a_function_that_changes_state_and_names_no_caller_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"Till\.pay.*@custom:caller"):
        callers([artifact(PAY)])


def test_a_tag_of_another_overload_names_no_caller() -> None:
    with pytest.raises(ConfigurationError, match=r"Till\.pay"):
        callers([artifact(PAY, **{"pay(bytes32)": "a payer"})])


@pytest.mark.parametrize("mutability", ["view", "pure"])
def test_what_changes_nothing_is_left_out(mutability: str) -> None:
    event = {"type": "event", "name": "Paid", "inputs": []}
    assert callers([artifact({**PAY, "stateMutability": mutability}, event)]) == ""


def test_what_stands_between_the_marks_is_replaced_and_nothing_else() -> None:
    text = "a\n<!-- gas -->\nold\n<!-- /gas -->\nb\n"
    assert fill(text, "gas", "new\n") == "a\n<!-- gas -->\nnew\n<!-- /gas -->\nb\n"
    assert fill(fill(text, "gas", "new\n"), "gas", "new\n") == fill(text, "gas", "new\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!-- gas -->\n",
        "<!-- /gas -->\n",
        "<!-- /gas -->\n<!-- gas -->\n",
        "<!-- gas -->\n<!-- /gas -->\n<!-- gas -->\n<!-- /gas -->\n",
    ],
)
def test_a_text_without_its_marks_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="<!-- gas -->"):
        fill(text, "gas", "new\n")


def test_no_transition_of_a_diagram_has_a_semicolon_which_would_end_it() -> None:
    blocks = README.read_text("utf-8").split("```mermaid\n")[1:]
    assert blocks
    for block in blocks:
        assert ";" not in block.partition("```")[0]
