"""Why a transaction waits or was refused, as it is kept beside it."""

import json

from ledger.anchoring.delays import SET_ASIDE_SECONDS
from ledger.errors import Refusal, SealbookError


def write_problem(error: SealbookError, *, is_set_aside: bool = False) -> str:
    """An error as JSON: its code, its sentence and its details."""
    code, details = error.code, {}
    if isinstance(error, Refusal):
        code, details = error.rule, error.details
    message = str(error)
    if is_set_aside:
        message = f"set aside, and tried again every {SET_ASIDE_SECONDS // 60} minutes: {message}"
    return json.dumps({"code": code, "message": message, "details": details})


def read_problem(text: str) -> Refusal:
    """What `write_problem` wrote, as a refusal."""
    form = json.loads(text)
    return Refusal(form["message"], code=form["code"], **form["details"])
