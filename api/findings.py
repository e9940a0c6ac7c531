"""What is wrong with a request's form, in sentences for the people who sent it."""

from collections.abc import Mapping
from typing import Any

_OUT_OF_FORM = "it is not of the form that /v1/openapi.json describes"
_WHOLE_NUMBER = "it must be a whole number"
_TIME = "it must be a time with a time zone, such as 2030-01-31T12:00:00Z"
_OBJECT = "it must be a JSON object"
_NO_PREFIX = "Value error, "

_SENTENCES: Mapping[str, str] = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field; leave it out",
    "json_invalid": "it is not JSON",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "string_type": "it must be text",
    "string_unicode": "it must be text in UTF-8",
    "string_pattern_mismatch": "it has characters that do not belong there, or another form;"
    " /v1/openapi.json gives the pattern",
    "string_too_short": "it must have at least {min_length} characters",
    "string_too_long": "it must have at most {max_length} characters",
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "int_parsing_size": "it has more digits than any number here",
    "greater_than": "it must be above {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than": "it must be below {lt}",
    "less_than_equal": "it must be at most {le}",
    "uuid_type": "it must be a UUID",
    "uuid_parsing": "it must be a UUID",
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "timezone_aware": _TIME,
    "repeated_key": "it stands there twice; say it once",
}


def sentence_of(finding: Mapping[str, Any]) -> str:
    """What one of pydantic's findings means; what our own validators said stays as it is.

    What was sent is not repeated: it may be a secret, and it may be large.
    """
    kind = str(finding["type"])
    if kind == "value_error":
        return str(finding["msg"]).removeprefix(_NO_PREFIX)
    return _SENTENCES.get(kind, _OUT_OF_FORM).format(**finding.get("ctx", {}))
