"""Mutants of Solidity sources: small changes, each of which a good test notices.

They are found in the compiler's syntax tree, so that every change lies in code and keeps to its
types where the tree tells them; whether a mutant compiles is for the compiler to say. Declarations,
such as interfaces, have no code and so no mutants.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_OPERATORS: Mapping[str, tuple[str, ...]] = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "==": ("!=",),
    "!=": ("==",),
    "&&": ("||",),
    "||": ("&&",),
    "+": ("-",),
    "-": ("+",),
    "*": ("/",),
    "/": ("*",),
    "%": ("*",),
    "&": ("|",),
    "|": ("&",),
    "^": ("&",),
    "<<": (">>",),
    ">>": ("<<",),
    "+=": ("-=",),
    "-=": ("+=",),
    "|=": ("&=",),
    "&=": ("|=",),
    "<<=": (">>=",),
    ">>=": ("<<=",),
    "++": ("--",),
    "--": ("++",),
}
_EMPTY = "{}"
_LOCATION = re.compile(r" (memory|calldata|storage ref|storage pointer)$")

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes `start` to `end` of a source become `new`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one source.

    source: its name, as the compiler sees it. line: where the change begins, from one.
    place: `Contract.function`. name: what changes there, in whole lines; unique among the mutants
    of a source, and the same wherever the lines move.
    """

    source: str
    line: int
    place: str
    name: str
    edit: Edit

    def apply(self, text: str) -> str:
        """The source with the change."""
        return _replace(text.encode(), self.edit).decode()


def find_mutants(source: str, text: str, tree: Node) -> list[Mutant]:
    """All mutants of a source, in the order of the text."""
    data = text.encode()
    found = {(edit, place) for place, node in _codes(tree) for edit in _edits(node, data)}
    mutants: list[Mutant] = []
    seen: dict[str, int] = {}
    for edit, place in sorted(found, key=lambda item: (item[0].start, item[0].end, item[0].new)):
        name = f"{place}: {_change(data, edit)}"
        seen[name] = seen.get(name, 0) + 1
        unique = name if seen[name] == 1 else f"{name} ({seen[name]})"
        line = data.count(b"\n", 0, edit.start) + 1
        mutants.append(Mutant(source, line, place, unique, edit))
    return mutants


def _codes(tree: Node) -> Iterator[tuple[str, Node]]:
    """Everything that holds code, with the name of its place."""
    for contract in tree["nodes"]:
        if contract["nodeType"] != "ContractDefinition":
            continue
        for node in contract["nodes"]:
            name = node.get("name") or node.get("kind", "")
            parts = [node.get("body"), node.get("value"), *node.get("modifiers", ())]
            yield from ((f"{contract['name']}.{name}", part) for part in parts if part)


def _edits(node: Any, data: bytes) -> Iterator[Edit]:
    """Every change of a part of the tree and of what it contains."""
    if isinstance(node, list):
        for item in node:
            yield from _edits(item, data)
    if not isinstance(node, dict):
        return
    if make := _MAKERS.get(node.get("nodeType", "")):
        yield from make(node, data)
    for name, item in node.items():
        # Without its step a loop only takes all gas.
        if name != "loopExpression":
            yield from _edits(item, data)


def _operation(node: Node, data: bytes) -> Iterator[Edit]:
    left = node.get("leftExpression") or node["leftHandSide"]
    right = node.get("rightExpression") or node["rightHandSide"]
    between = data[_end(left) : _start(right)].decode()
    for operator in _OPERATORS.get(node["operator"], ()):
        new = between.replace(node["operator"], operator, 1)
        yield Edit(_end(left), _start(right), new)


def _unary(node: Node, data: bytes) -> Iterator[Edit]:
    start, end, inner = _start(node), _end(node), node["subExpression"]
    operator = node["operator"]
    if operator in ("!", "~"):
        yield Edit(start, end, data[_start(inner) : _end(inner)].decode())
    for other in _OPERATORS.get(operator, ()) if operator in ("++", "--") else ():
        yield Edit(start, end, data[start:end].decode().replace(operator, other, 1))


def _statement(node: Node, data: bytes) -> Iterator[Edit]:
    """Without the statement."""
    yield Edit(_start(node), _end_of_statement(node, data), _EMPTY)


def _block(node: Node, data: bytes) -> Iterator[Edit]:
    """Without a revert that no condition guards; guarded ones go with their condition."""
    statements = node["statements"]
    for statement in statements if len(statements) > 1 else ():
        if statement["nodeType"] == "RevertStatement":
            yield from _statement(statement, data)


def _condition(node: Node, data: bytes) -> Iterator[Edit]:
    """A check that reverts goes; any other condition always holds, or never."""
    body = node["trueBody"]
    statements = body["statements"] if body["nodeType"] == "Block" else [body]
    if [item["nodeType"] for item in statements] == ["RevertStatement"] and not node.get(
        "falseBody"
    ):
        yield from _statement(node, data)
    else:
        condition = node["condition"]
        for value in ("true", "false"):
            yield Edit(_start(condition), _end(condition), value)


def _literal(node: Node, data: bytes) -> Iterator[Edit]:
    """The next number or character, the other truth."""
    start, end, text = _start(node), _end(node), data[_start(node) : _end(node)].decode()
    if node["kind"] == "bool":
        yield Edit(start, end, "false" if text == "true" else "true")
    elif node["kind"] == "number" and (match := re.match(r"\w+", text)):
        number, unit = match[0], text[match.end() :]
        value = int(number, 0) + 1
        plain = f"0x{value:0{len(number) - 2}x}" if number.startswith("0x") else str(value)
        yield Edit(start, end, plain + unit)
    elif node["kind"] == "string" and len(node["value"] or "") == 1:
        yield Edit(start, end, f'"{chr(ord(node["value"]) + 1)}"')


def _return(node: Node, data: bytes) -> Iterator[Edit]:
    """Another value of the same type."""
    if not (value := node.get("expression")):
        return
    kind, text = _type(value), data[_start(value) : _end(value)].decode()
    if kind == "bool" and not _is_negated_elsewhere(value):
        yield Edit(_start(value), _end(value), f"!({text})")
    elif kind.startswith("uint"):
        yield Edit(_start(value), _end(value), f"({text}) + 1")
    elif kind in ("bytes32", "address"):
        yield Edit(_start(value), _end(value), f"{kind}(0)")


def _is_negated_elsewhere(value: Node) -> bool:
    operators = ("==", "!=", "<", "<=", ">", ">=")
    return value["nodeType"] == "Literal" or value.get("operator") in operators


def _call(node: Node, data: bytes) -> Iterator[Edit]:
    """Neighbouring arguments of one type, the other way round."""
    arguments = node["arguments"]
    for first, second in pairwise(arguments):
        one, other = (data[_start(item) : _end(item)].decode() for item in (first, second))
        if _type(first) == _type(second) and one != other:
            between = data[_end(first) : _start(second)].decode()
            yield Edit(_start(first), _end(second), other + between + one)


def _modifier(node: Node, _data: bytes) -> Iterator[Edit]:
    """A function without one of its modifiers; bases that a constructor names stay."""
    if node.get("kind") == "modifierInvocation":
        yield Edit(_start(node), _end(node), "")


_MAKERS = {
    "Assignment": _operation,
    "BinaryOperation": _operation,
    "Block": _block,
    "EmitStatement": _statement,
    "ExpressionStatement": _statement,
    "FunctionCall": _call,
    "IfStatement": _condition,
    "Literal": _literal,
    "ModifierInvocation": _modifier,
    "Return": _return,
    "UnaryOperation": _unary,
}


def _start(node: Node) -> int:
    return int(node["src"].split(":")[0])


def _end(node: Node) -> int:
    start, length, _ = node["src"].split(":")
    return int(start) + int(length)


def _end_of_statement(node: Node, data: bytes) -> int:
    """The tree leaves the semicolon out."""
    end = _end(node)
    return end + 1 if data[end : end + 1] == b";" else end


def _type(node: Node) -> str:
    return _LOCATION.sub("", str(node["typeDescriptions"]["typeString"]))


def _replace(data: bytes, edit: Edit) -> bytes:
    return data[: edit.start] + edit.new.encode() + data[edit.end :]


def _change(data: bytes, edit: Edit) -> str:
    """The lines that an edit touches, before and after."""
    begin = data.rfind(b"\n", 0, edit.start) + 1
    newline = data.find(b"\n", edit.end)
    rest = len(data) - (newline if newline >= 0 else len(data))
    after = _replace(data, edit)
    old, new = (" ".join(side[begin : len(side) - rest].decode().split()) for side in (data, after))
    return f"`{old}` → `{new}`"
