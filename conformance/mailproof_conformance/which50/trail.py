"""What a random walk did until something broke, for the reader of the finding."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Trail:
    """The steps of the walk that is being made, and the first thing that broke in any.

    A break does not leave the step: what was written stays written, so the same walk would not break the same way
    again, and whoever looked for a shorter one would call it flaky. From then on every step is left out.
    """

    def __init__(self) -> None:
        """No step yet."""
        self._steps: list[str] = []
        self._broken: Exception | None = None

    def begin(self) -> None:
        """Begins another walk."""
        if self._broken is None:
            self._steps.clear()

    def step(self, function: Callable[..., None]) -> Callable[..., None]:
        """A step as a walk makes it: noted, and left out once something is broken."""
        made = self.look(function)

        @wraps(function)
        def noted(machine: object, **drawn: object) -> None:
            if self._broken is None:
                told = ", ".join(f"{name}={value!r}" for name, value in drawn.items())
                self._steps.append(f"{function.__name__}({told})")
            made(machine, **drawn)

        return noted

    def look(self, function: Callable[..., None]) -> Callable[..., None]:
        """What is done between the steps: left out once something is broken."""

        @wraps(function)
        def made(machine: object, **drawn: object) -> None:
            if self._broken is None:
                try:
                    function(machine, **drawn)
                except Exception as error:  # noqa: BLE001 - whatever it is, it is raised at the end
                    self._broken = error

        return made

    def end(self) -> None:
        """Raises what broke, with the steps that led there."""
        if self._broken is not None:
            self._broken.add_note("The steps of the walk:\n" + "\n".join(self._steps))
            raise self._broken
