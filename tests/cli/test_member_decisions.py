from pathlib import Path

import pytest

from ledger.chain.contract import ContractCall
from ledger.chain.membership import Membership
from ledger.cli.decisions import describe_decision
from ledger.cli.wiring.node import Node
from ledger.codec import member_to_word
from ledger.types import MemberId
from tests.cli.commands import Printed, sealbook
from tests.cli.world import World
from tests.support.consortium import BUYER, COUNCIL, FINANCIER, SUPPLIER

NEWCOMER = "lei:NEWCOMER000000000007"
FIRST, SECOND = COUNCIL


def member(world: World, *words: str | Path) -> Printed:
    return sealbook("member", *words, "--config", world.config)


def propose(world: World, *words: str | Path) -> int:
    printed = member(world, *words, "--key", world.key(FIRST), "--json")
    assert printed.code == 0, printed
    return int(printed.json["proposal"])


def test_the_council_admits_a_member_in_three_steps(passing: World) -> None:
    operator = passing.consortium.spare[0].address
    words = (NEWCOMER, "--role", "buyer", "--role", "financier", "--operator", operator)
    proposed = member(passing, "propose-admit", *words, "--key", passing.key(FIRST))
    assert proposed.code == 0
    assert proposed.masked == (
        f"Proposal 4 by {FIRST}: admit {NEWCOMER} as buyer, financier, with the operator key"
        " ADDRESS.\n"
        "It has 1 of 2 approvals, and expires at TIME.\n"
        "Next: sealbook member approve 4, by another member of the council.\n"
    )
    approved = member(passing, "approve", "4", "--key", passing.key(SECOND))
    assert approved.out.endswith("Next: sealbook member execute 4, by any member of the council.\n")
    executed = member(passing, "execute", "4", "--key", passing.key(SECOND))
    assert executed.out.endswith("It was carried out.\n")
    shown = member(passing, "show", NEWCOMER)
    assert shown.out == (
        f"Member         {NEWCOMER}\n"
        "Status         active\n"
        "Roles          buyer, financier\n"
        "Operator keys  1\n"
    )


def test_a_decision_with_too_few_approvals_is_refused_before_it_is_sent(passing: World) -> None:
    number = propose(passing, "propose-suspend", BUYER)
    before = passing.consortium.chain.head()
    printed = member(passing, "execute", str(number), "--key", passing.key(FIRST))
    assert (printed.code, printed.out) == (1, "")
    assert printed.err == f"Error: proposal {number} has 1 approvals and needs 2.\n"
    assert passing.consortium.chain.head() == before


def test_a_suspended_member_is_shown_as_such(passing: World) -> None:
    number = propose(passing, "propose-suspend", BUYER)
    member(passing, "approve", str(number), "--key", passing.key(SECOND))
    member(passing, "execute", str(number), "--key", passing.key(FIRST))
    assert member(passing, "show", BUYER, "--json").json == {
        "id": BUYER,
        "status": "suspended",
        "roles": ["buyer"],
        "keys": 1,
    }


def test_a_suspended_member_can_be_reinstated(passing: World) -> None:
    for proposal, status in (("propose-suspend", "suspended"), ("propose-reinstate", "active")):
        number = propose(passing, proposal, BUYER)
        member(passing, "approve", str(number), "--key", passing.key(SECOND))
        member(passing, "execute", str(number), "--key", passing.key(FIRST))
        assert member(passing, "show", BUYER, "--json").json["status"] == status


def test_the_council_can_revoke_a_members_last_key(passing: World) -> None:
    key = passing.consortium.signers[BUYER].address
    number = propose(passing, "propose-revoke-key", BUYER, key)
    member(passing, "approve", str(number), "--key", passing.key(SECOND))
    assert member(passing, "execute", str(number), "--key", passing.key(FIRST)).code == 0
    assert member(passing, "show", BUYER, "--json").json["keys"] == 0


def test_who_is_not_in_the_council_proposes_nothing(passing: World) -> None:
    printed = member(passing, "propose-suspend", BUYER, "--key", passing.key(SUPPLIER))
    assert printed.code == 1
    assert printed.err == (
        f"Error: {SUPPLIER} does not have the role council, which this takes; the council can give"
        " it.\n"
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (
            ("propose-admit", BUYER, "--role", "buyer", "--operator", "0x" + "12" * 20),
            "member-exists",
        ),
        (("propose-suspend", NEWCOMER), "unknown-member"),
        (("propose-reinstate", BUYER), "not-suspended"),
    ],
)
def test_what_can_never_be_carried_out_is_not_proposed(
    passing: World, words: tuple[str, ...], code: str
) -> None:
    before = passing.consortium.chain.head()
    printed = member(passing, *words, "--key", passing.key(FIRST), "--json")
    assert (printed.code, printed.json["error"]["code"]) == (1, code)
    assert passing.consortium.chain.head() == before


def test_a_key_of_nobody_is_refused_by_name(passing: World) -> None:
    key = passing.new_key("nobody.key")
    printed = member(passing, "propose-suspend", BUYER, "--key", key)
    assert printed.code == 1
    assert "is not a live operator key of any member" in printed.err


def test_one_member_approves_only_once(passing: World) -> None:
    number = propose(passing, "propose-suspend", BUYER)
    printed = member(passing, "approve", str(number), "--key", passing.key(FIRST), "--json")
    assert printed.code == 1
    assert printed.json["error"]["code"] == "already-approved"


def test_a_proposal_can_be_read_before_it_is_approved(passing: World) -> None:
    number = propose(passing, "propose-suspend", BUYER)
    printed = member(passing, "proposal", str(number), "--json")
    found = printed.json
    assert found["decision"] == f"suspend {BUYER}"
    assert (found["approvals"], found["threshold"], found["executed"]) == (1, 2, False)


def test_a_proposal_that_is_not_there_is_refused(world: World) -> None:
    printed = member(world, "proposal", "999")
    assert (printed.code, printed.err) == (1, "Error: there is no proposal 999.\n")


@pytest.mark.parametrize(
    ("function", "arguments", "sentence"),
    [
        (
            "admit",
            ("id", 3, "key"),
            f"admit {FINANCIER} as supplier, buyer, with the operator key {{key}}",
        ),
        ("setRoles", ("id", 36), f"give {FINANCIER} the roles financier, auditor, in place of"),
        ("suspend", ("id",), f"suspend {FINANCIER}"),
        ("reinstate", ("id",), f"let {FINANCIER} act again"),
        ("setThreshold", (3,), "decide with 3 approvals from then on"),
        ("addKey", ("id", "key"), f"add the operator key {{key}} to {FINANCIER}"),
        ("revokeKey", ("id", "key"), f"revoke the operator key {{key}} of {FINANCIER}"),
    ],
)
def test_every_decision_is_described_in_words(
    world: World, function: str, arguments: tuple[str | int, ...], sentence: str
) -> None:
    consortium = world.consortium
    membership = Membership(consortium.chain, consortium.deployment.membership)
    key = consortium.spare[0].address
    values = {"id": member_to_word(MemberId(FINANCIER)), "key": key}
    data = membership.abi.encode_call(function, *(values.get(str(a), a) for a in arguments))
    words = describe_decision(_node(world), ContractCall(membership.address, data))
    assert words.startswith(sentence.format(key=key))


def test_a_call_of_another_contract_is_described_by_its_bytes(world: World) -> None:
    call = ContractCall(world.consortium.deployment.notary, b"\x01\x02")
    assert describe_decision(_node(world), call) == f"call {call.to} with the data 0x0102"


def _node(world: World) -> Node:
    return Node(world.consortium.chain, world.consortium.deployment)
