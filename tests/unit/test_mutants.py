import re
from typing import Any

import pytest

from scripts.mutants import Mutant, find_mutants

Tree = dict[str, Any]


class Source:
    """A function around statements, and the syntax tree that the compiler would give it."""

    def __init__(self, code: str, before: str = "", modifiers: str = "") -> None:
        head = f"contract Till {{\n{before}    function pay(){modifiers} {{\n        "
        self.text = f"{head}{code}\n    }}\n}}\n"
        self._line = head.count("\n")

    def node(self, node_type: str, text: str, place: int = 0, **parts: Any) -> Tree:
        """The node of a place where this text stands between other things, the first by default."""
        pattern = rf"(?<!\w){re.escape(text)}(?!\w)"
        start = [match.start() for match in re.finditer(pattern, self.text)][place]
        begin, length = len(self.text[:start].encode()), len(text.encode())
        return {"nodeType": node_type, "src": f"{begin}:{length}:0", **parts}

    def value(self, text: str, kind: str = "uint256", **parts: Any) -> Tree:
        """The node of a name of this type."""
        types = {"typeString": kind}
        return self.node("Identifier", text, typeDescriptions=types, **parts)

    def number(self, text: str, place: int = 0) -> Tree:
        """The node of a number."""
        return self.node("Literal", text, place, kind="number", value=text)

    def operation(self, left: str, operator: str, right: str) -> Tree:
        """The node of an operation on two names."""
        return self.node(
            "BinaryOperation",
            f"{left} {operator} {right}",
            operator=operator,
            leftExpression=self.value(left),
            rightExpression=self.value(right),
            typeDescriptions={"typeString": "bool"},
        )

    def branch(self, condition: tuple[str, str, str], node_type: str, body: str) -> Tree:
        """The node of a statement of this type under a condition: two names and an operator."""
        return self.node(
            "IfStatement",
            f"if ({' '.join(condition)}) {body}",
            condition=self.operation(*condition),
            trueBody=self.node(node_type, body),
        )

    def mutants(self, *statements: Tree, **parts: Any) -> list[Mutant]:
        """The mutants of the source whose function holds these statements."""
        body = {"nodeType": "Block", "src": "0:0:0", "statements": [*statements]}
        pay = {"nodeType": "FunctionDefinition", "name": "pay", "body": body, **parts}
        till = {"nodeType": "ContractDefinition", "name": "Till", "nodes": [pay]}
        pragma = {"nodeType": "PragmaDirective"}
        return find_mutants("src/Till.sol", self.text, {"nodes": [pragma, till]})

    def lines(self, *statements: Tree) -> list[str]:
        """What stands in the function's first line in each mutant."""
        mutants = [mutant.apply(self.text) for mutant in self.mutants(*statements)]
        return [mutant.split("\n")[self._line].strip() for mutant in mutants]


@pytest.mark.parametrize(
    ("operator", "others"),
    [
        ("<", {"<=", ">="}),
        ("<=", {"<", ">"}),
        (">", {">=", "<="}),
        (">=", {">", "<"}),
        ("==", {"!="}),
        ("!=", {"=="}),
        ("&&", {"||"}),
        ("||", {"&&"}),
        ("+", {"-"}),
        ("*", {"/"}),
        ("<<", {">>"}),
    ],
)
def test_operators_are_swapped_with_their_neighbours(operator: str, others: set[str]) -> None:
    source = Source(f"ok = a {operator} b;")
    found = source.lines(source.operation("a", operator, "b"))
    assert sorted(found) == sorted(f"ok = a {other} b;" for other in others)


def test_an_operator_that_has_no_other_stays() -> None:
    source = Source("ok = a ** b;")
    assert source.mutants(source.operation("a", "**", "b")) == []


def test_a_statement_goes_with_its_semicolon() -> None:
    source = Source("emit Paid(a); next();")
    assert source.lines(source.node("EmitStatement", "emit Paid(a)")) == ["{} next();"]


def test_a_compound_assignment_goes_or_works_the_other_way() -> None:
    source = Source("sum += a;")
    left, right = source.value("sum"), source.value("a")
    assignment = source.node(
        "Assignment", "sum += a", operator="+=", leftHandSide=left, rightHandSide=right
    )
    statement = source.node("ExpressionStatement", "sum += a", expression=assignment)
    assert sorted(source.lines(statement)) == ["sum -= a;", "{}"]


def test_a_check_goes_as_a_whole_and_its_revert_is_not_taken_alone() -> None:
    source = Source("if (a < b) revert Low();")
    check = source.branch(("a", "<", "b"), "RevertStatement", "revert Low()")
    assert sorted(source.lines(check)) == [
        "if (a <= b) revert Low();",
        "if (a >= b) revert Low();",
        "{}",
    ]


def test_a_condition_of_anything_else_always_holds_or_never() -> None:
    source = Source("if (a == b) next();")
    branch = source.branch(("a", "==", "b"), "PlaceholderStatement", "next()")
    assert sorted(source.lines(branch)) == [
        "if (a != b) next();",
        "if (false) next();",
        "if (true) next();",
    ]


def test_a_revert_that_nothing_guards_goes() -> None:
    source = Source("next(); revert Low();")
    statements = [
        source.node("PlaceholderStatement", "next()"),
        source.node("RevertStatement", "revert Low()"),
    ]
    assert source.lines(*statements) == ["next(); {}"]


@pytest.mark.parametrize(
    ("number", "next_one"),
    [("0", "1"), ("1_000", "1001"), ("90 days", "91 days"), ("0x0f", "0x10")],
)
def test_a_number_becomes_the_next_one_in_its_unit_and_width(number: str, next_one: str) -> None:
    source = Source(f"a = {number};")
    assert source.lines(source.number(number)) == [f"a = {next_one};"]


def test_truth_and_characters_change() -> None:
    source = Source('a = true; b = ":"; c = "word";')
    literals = [
        source.node("Literal", text, kind=kind, value=value)
        for text, kind, value in (
            ("true", "bool", "true"),
            ('":"', "string", ":"),
            ('"word"', "string", "word"),
        )
    ]
    assert source.lines(*literals) == [
        'a = false; b = ":"; c = "word";',
        'a = true; b = ";"; c = "word";',
    ]


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        ("bool", "!(a)"),
        ("uint80", "(a) + 1"),
        ("bytes32", "bytes32(0)"),
        ("address", "address(0)"),
    ],
)
def test_a_function_returns_another_value_of_its_type(kind: str, other: str) -> None:
    source = Source("return a;")
    answer = source.value("a", kind)
    assert source.lines(source.node("Return", "return a", expression=answer)) == [
        f"return {other};"
    ]


def test_structures_and_nothing_are_returned_as_they_are() -> None:
    source = Source("return a;")
    answer = source.value("a", "struct Till.Sum memory")
    assert source.mutants(source.node("Return", "return a", expression=answer)) == []
    assert source.mutants(source.node("Return", "return", expression=None)) == []


def test_a_comparison_that_is_returned_is_negated_once() -> None:
    source = Source("return a == b;")
    answer = source.operation("a", "==", "b")
    found = source.lines(source.node("Return", "return a == b", expression=answer))
    assert found == ["return a != b;"]


def test_neighbouring_arguments_of_one_type_change_places() -> None:
    source = Source("Paid(from, to, sum, from);")
    kinds = {"from": "bytes32", "to": "bytes32", "sum": "uint80"}
    arguments = [source.value(text, kind) for text, kind in kinds.items()]
    call = source.node("FunctionCall", "Paid(from, to, sum, from)", arguments=arguments)
    assert source.lines(call) == ["Paid(to, from, sum, from);"]


def test_equal_arguments_and_data_locations_make_no_difference() -> None:
    source = Source("f(a, a); g(b, c);")
    twice = [source.value("a"), source.value("a", place=1)]
    same = source.node("FunctionCall", "f(a, a)", arguments=twice)
    places = [source.value("b", "string memory"), source.value("c", "string calldata")]
    other = source.node("FunctionCall", "g(b, c)", arguments=places)
    assert source.lines(same, other) == ["f(a, a); g(c, b);"]


def test_negations_go_and_steps_turn_round() -> None:
    source = Source("a = !b; ++c;")
    nots = source.node("UnaryOperation", "!b", operator="!", subExpression=source.value("b"))
    step = source.node("UnaryOperation", "++c", operator="++", subExpression=source.value("c"))
    assert source.lines(nots, step) == ["a = b; ++c;", "a = !b; --c;"]


def test_a_loop_keeps_its_step() -> None:
    source = Source("for (;; ++c) next();")
    step = source.node("UnaryOperation", "++c", operator="++", subExpression=source.value("c"))
    loop = source.node("ForStatement", "for (;; ++c) next()", loopExpression=step)
    assert source.mutants(loop) == []


def test_a_function_loses_a_modifier_but_no_base() -> None:
    source = Source("next();", modifiers=" guarded Base(1)")
    guarded = source.node("ModifierInvocation", "guarded", kind="modifierInvocation")
    base = source.node("ModifierInvocation", "Base(1)", kind="baseConstructorSpecifier")
    [mutant] = source.mutants(modifiers=[guarded, base])
    assert mutant.apply(source.text) == source.text.replace("guarded", "")


def test_a_mutant_is_named_by_place_and_change_wherever_its_line_stands() -> None:
    first = Source("ok = a == b;")
    later = Source("ok = a == b;", before="    // née\n\n")
    [one] = first.mutants(first.operation("a", "==", "b"))
    [other] = later.mutants(later.operation("a", "==", "b"))
    assert one.name == other.name == "Till.pay: `ok = a == b;` → `ok = a != b;`"
    assert (one.source, one.place, one.line) == ("src/Till.sol", "Till.pay", 3)
    assert other.line == 5
    assert other.apply(later.text) == later.text.replace("==", "!=")


def test_equal_changes_of_one_place_are_told_apart() -> None:
    source = Source("a = 1;\n        a = 1;")
    numbers = [source.number("1", place) for place in (0, 1)]
    assert [mutant.name for mutant in source.mutants(*numbers)] == [
        "Till.pay: `a = 1;` → `a = 2;`",
        "Till.pay: `a = 1;` → `a = 2;` (2)",
    ]


def test_a_declaration_has_no_mutants() -> None:
    source = Source("")
    assert source.mutants(body=None) == []
