"""How the people who have no place are divided into class sessions (STAFF-05): what the sessions there are can still hold is taken off,
and no proposal has a seat or a place that nobody asked for. Pure functions.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.training.plans.choices import TrainingKind


@dataclass(frozen=True)
class Person:
    """Somebody approved; ``lacks`` are the 专业类别 without a place."""

    kind: TrainingKind
    lacks: frozenset[str]


@dataclass
class Room:
    """What a class session has left: ``seats`` of 分班人数, and of each of its 专业类别 the places."""

    kind: TrainingKind
    seats: int
    places: dict[str, int]

    def takes(self, person: Person) -> bool:
        """Whether the person has a seat and every place here; if so, they are gone."""
        fits = (
            person.kind is self.kind and self.seats > 0 and all(self.places.get(code, 0) > 0 for code in person.lacks)
        )
        if fits:
            self.seats -= 1
            for code in person.lacks:
                self.places[code] -= 1
        return fits


@dataclass
class Part:
    """A session to be: how many people, and how many of them for each 专业类别."""

    kind: TrainingKind
    people: int = 0
    places: Counter[str] = field(default_factory=Counter)

    def add(self, person: Person) -> None:
        self.people += 1
        self.places.update(person.lacks)


def left_over(people: Iterable[Person], rooms: Sequence[Room]) -> list[Person]:
    """Those for whom the sessions there are have no room. Who needs most is seated first, which leaves over the fewest."""
    demanding = sorted(people, key=lambda each: (-len(each.lacks), sorted(each.lacks)))
    return [each for each in demanding if not any(room.takes(each) for room in rooms)]


def divide(people: Sequence[Person], size: int) -> list[Part]:
    """Sessions of at most ``size`` people, of one kind each, as few as will do, as even as can be; each has its share of every 专业类别."""
    parts: list[Part] = []
    for kind in TrainingKind:
        own = sorted((each for each in people if each.kind is kind), key=lambda each: sorted(each.lacks))
        made = [Part(kind) for _ in range(-(-len(own) // size))]
        for at, person in enumerate(own):
            made[at % len(made)].add(person)
        parts.extend(made)
    return parts
