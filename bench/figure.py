"""One measured figure of the platform and the line that shows it. Measuring and running are the business of the other files."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``goal`` is in the same unit; None means that the figure is there to compare with."""

    name: str
    value: float
    unit: str
    goal: float | None = None

    def line(self) -> str:
        goal = "none" if self.goal is None else f"{self.goal:g}"
        value = f"{self.value:.1f}" if abs(self.value) >= 1 else f"{self.value:.2g}"
        return f"{self.name} {value} {self.unit} (goal {goal})"
