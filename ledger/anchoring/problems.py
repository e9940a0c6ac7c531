"""Why a transaction waits or was refused, as it is kept beside it."""

import json

from ledger.errors import Refusal, SealbookError


def write_problem(error: SealbookError) -> str:
    """An error as JSON: its code, its sentence and its details."""
    if isinstance(error, Refusal):
        return json.dumps({"code": error.rule, "message": str(error), "details": error.details})
    return json.dumps({"code": error.code, "message": str(error), "details": {}})


def read_problem(text: str) -> Refusal:
    """What `write_problem` wrote, as a refusal."""
    form = json.loads(text)
    return Refusal(form["message"], code=form["code"], **form["details"])
