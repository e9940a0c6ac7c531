import json

from ledger.cli.screening_answer import read_answer
from ledger.cli.screening_lines import screening_lines

ONE, TWO = "0x" + "01" * 32, "0x" + "02" * 32
AT = "2026-01-31T09:00:00Z"
TRADE = {"block": 7, "time": AT, "units": 1000}
FILE = {
    "name": "one.xml",
    "verdict": "review",
    "score": 80,
    "invoice": {
        "number": "A-1",
        "issue_date": "2024-03-18",
        "type_code": "380",
        "currency": "EUR",
        "gross_amount": "119.00",
        "seller": "Seller GmbH",
        "buyer": "Buyer AG",
    },
    "findings": [
        {
            "kind": "same-number",
            "sentence": "It is like another.",
            "points": 50,
            "evidence": [
                {"record": ONE, "rule": "K2", "key": ONE, "block": 5, "time": AT},
                {"record": ONE, "rule": "K4", "key": TWO, "block": 5, "time": AT},
                {"record": TWO, "rule": "K2", "key": ONE},
            ],
        },
        {
            "kind": "circular-trade",
            "sentence": "Its parties trade in a circle.",
            "points": 30,
            "evidence": [{"record": TWO, "supplier": "org:bob", "buyer": "org:eve", **TRADE}],
        },
        {"kind": "document-type", "sentence": "It is corrected.", "points": 0, "evidence": []},
    ],
    "not_looked_at": ["The moon."],
}
UNREAD = {
    "name": "two.xml",
    "score": 0,
    "findings": [],
    "not_looked_at": [],
    "problem": "it is no XML",
}
RECORD = {
    "id": ONE,
    "state": "accepted",
    "supplier": "org:bob",
    "buyer": "org:eve",
    "total": 1000,
    "retired": 250,
}
ANSWER = {
    "block": {"number": 9, "time": AT},
    "trades": 12,
    "review_from": 30,
    "files": [FILE, UNREAD],
    "records": [RECORD, {**RECORD, "id": TWO, "retired": 0, "holders": []}],
}
LINES = f"""\
one.xml is FOR REVIEW: 80 points = 50 + 30
  A-1 of 2024-03-18, 119.00 EUR, from Seller GmbH to Buyer AG
   50  same-number: It is like another.
         record {ONE}, block 5 ({AT}): shares K2, K4
         record {TWO}: shares K2
   30  circular-trade: Its parties trade in a circle.
         org:bob → org:eve, record {TWO}, 1,000 units, block 7 ({AT})
    0  document-type: It is corrected.
  Not looked at: The moon.

two.xml could NOT be read: it is no XML

Records:
  {ONE}: accepted, 1,000 units of org:bob for org:eve, 250 of them retired
  {TWO}: accepted, 1,000 units of org:bob for org:eve; nobody holds any

Read at block 9 ({AT}); events up to none. Trade in circles was looked for among\
 the registrations that you may see: 12. From 30 points on, a person should look."""


def test_a_screening_is_told_in_lines_with_the_parts_of_each_score() -> None:
    answer = read_answer(json.dumps(ANSWER).encode())
    assert "\n".join(screening_lines(answer)) == LINES
    assert answer.form == ANSWER
