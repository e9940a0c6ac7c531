"""The one way in which the model says no."""


class Refused(Exception):
    """The contract must revert with the error of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def refuse(name: str, *, when: bool) -> None:
    """Raise Refused if so."""
    if when:
        raise Refused(name)
