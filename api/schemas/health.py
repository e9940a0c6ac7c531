"""How the service is, for those who watch it."""

from typing import Literal

from pydantic import Field

from api.schemas.base import Resource

CheckName = Literal["database", "chain", "worker", "follower"]


class Liveness(Resource):
    """The process answers."""

    status: Literal["alive"]


class Reason(Resource):
    """One thing that keeps the service from doing all of its work."""

    check: CheckName
    code: str
    detail: str


class ReadinessResource(Resource):
    """Whether the service does all of its work; it accepts documents even when not ready."""

    status: Literal["ready", "not-ready"]
    lag_blocks: int | None = Field(
        default=None,
        description="blocks that are on the chain and not followed yet; null while unknown",
    )
    reasons: list[Reason]
