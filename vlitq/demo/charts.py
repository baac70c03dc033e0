"""Charts drawn from values, and questions that the same values answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from vlitq.demo.conversations import Draft, Exchange, Material, draft
from vlitq.demo.drawings import draw_bars, draw_line, draw_pie

_PEOPLE = ("Ada", "Ben", "Cleo", "Dev", "Eve")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
_SHARES = ((40, 30, 20, 10), (35, 28, 22, 15), (46, 27, 18, 9), (52, 25, 16, 7))  # per cent


@dataclass(frozen=True)
class Topic:
    """What a chart is about: its form, its title, what it counts, and the names along its axis."""

    form: str
    title: str
    unit: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """A topic with values, all different."""

    topic: Topic
    values: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The categories, in the order they are drawn."""
        return self.topic.names

    @property
    def best(self) -> int:
        """Place of the largest value."""
        return int(np.argmax(self.values))

    @property
    def least(self) -> int:
        """Place of the smallest value."""
        return int(np.argmin(self.values))

    def amount(self, place: int) -> str:
        """A value with its unit."""
        return f"{self.values[place]} {self.topic.unit}"

    def draw(self) -> Image.Image:
        """The picture of it."""
        brush = {"bar": draw_bars, "line": draw_line, "pie": draw_pie}[self.topic.form]
        return brush(self.topic.title, self.names, self.values)


TOPICS = (
    Topic("bar", "Books read this year", "books", _PEOPLE),
    Topic("line", "Rainfall in Bergen", "mm", _MONTHS),
    Topic("pie", "How pupils come to school", "per cent", ("Bus", "Bicycle", "On foot", "Car")),
    Topic("bar", "Apples sold at the market", "kg", _DAYS),
    Topic("line", "Visitors of the museum", "visitors", _DAYS),
    Topic("pie", "Electricity by source", "per cent", ("Wind", "Solar", "Gas", "Hydro")),
    Topic("bar", "Goals by team", "goals", ("Lions", "Eagles", "Bears", "Wolves")),
    Topic("line", "Bicycles counted on the bridge", "bicycles", _MONTHS),
    Topic("pie", "Favourite pets of a class", "per cent", ("Dog", "Cat", "Fish", "Rabbit")),
    Topic("bar", "Trees planted in the park", "trees", ("Oak", "Birch", "Pine", "Maple")),
    Topic("line", "Patients in the practice", "patients", _DAYS),
    Topic("bar", "Emails answered", "emails", _PEOPLE),
)

Ask = Callable[[Chart, np.random.Generator], tuple[Exchange, ...]]


def charts(rng: np.random.Generator, count: int = 22) -> Material:
    """`count` charts with two samples each, and a comparison for every fourth pair of bar charts on one topic."""
    drawn = [_chart(TOPICS[number % len(TOPICS)], rng) for number in range(count)]
    names = [f"chart_{number:02d}.png" for number in range(count)]
    drafts = [d for number, chart in enumerate(drawn) for d in _drafts(chart, names[number], number, rng)]
    drafts += [
        _comparison(drawn[first], drawn[first + len(TOPICS)], (names[first], names[first + len(TOPICS)]))
        for first in range(0, count - len(TOPICS), 4)
    ]
    return Material({name: chart.draw() for name, chart in zip(names, drawn, strict=True)}, drafts)


def _chart(topic: Topic, rng: np.random.Generator) -> Chart:
    if topic.form == "pie":
        return Chart(topic, tuple(int(v) for v in rng.permutation(_SHARES[rng.integers(len(_SHARES))])))
    return Chart(topic, tuple(int(v) for v in rng.choice(np.arange(5, 60), len(topic.names), replace=False)))


def _drafts(chart: Chart, name: str, number: int, rng: np.random.Generator) -> list[Draft]:
    asks = (QUESTIONS[number % len(QUESTIONS)], QUESTIONS[(number + 3) % len(QUESTIONS)])
    return [draft("charts", (name,), *ask(chart, rng)) for ask in asks]


def _describe(chart: Chart, _: np.random.Generator) -> tuple[Exchange, ...]:
    parts = ", ".join(f"{name} {value}" for name, value in zip(chart.names, chart.values, strict=True))
    answer = (
        f'The {chart.topic.form} chart is titled "{chart.topic.title}"; its values in {chart.topic.unit} are {parts}. '
        f"{chart.names[chart.best]} is highest and {chart.names[chart.least]} lowest."
    )
    return (Exchange("Describe the chart with all its values.", answer),)


def _highest(chart: Chart, _: np.random.Generator) -> tuple[Exchange, ...]:
    answer = (
        f"{chart.names[chart.best]} has the highest value of the {chart.topic.form} chart, {chart.amount(chart.best)}."
    )
    return (Exchange("Which category has the highest value, and what is it?", answer),)


def _difference(chart: Chart, _: np.random.Generator) -> tuple[Exchange, ...]:
    high, low = chart.values[chart.best], chart.values[chart.least]
    answer = (
        f"The largest value is {high} ({chart.names[chart.best]}) and the smallest is {low} "
        f"({chart.names[chart.least]}), so the difference is {high} - {low} = {high - low} {chart.topic.unit}."
    )
    return (Exchange("How large is the difference between the largest and the smallest value?", answer),)


def _larger(chart: Chart, rng: np.random.Generator) -> tuple[Exchange, ...]:
    first, second = (int(place) for place in rng.choice(len(chart.names), 2, replace=False))
    verdict = "Yes" if chart.values[first] > chart.values[second] else "No"
    answer = (
        f"{verdict}, {chart.names[first]} has {chart.amount(first)} and {chart.names[second]} {chart.amount(second)}."
    )
    return (Exchange(f"Is the value for {chart.names[first]} larger than that for {chart.names[second]}?", answer),)


def _choice(chart: Chart, _: np.random.Generator) -> tuple[Exchange, ...]:
    options = [f"{letter}. {name}" for letter, name in zip("ABCDEF", chart.names, strict=False)]
    question = "Which category is the smallest?\n" + "\n".join(options)
    return (Exchange(question, options[chart.least]),)


def _dialogue(chart: Chart, _: np.random.Generator) -> tuple[Exchange, ...]:
    last = len(chart.names) - 1
    return (
        Exchange("What does this chart show?", f'It is a {chart.topic.form} chart titled "{chart.topic.title}".'),
        Exchange(
            f"What is the value for {chart.names[last]}?", f"For {chart.names[last]} it shows {chart.amount(last)}."
        ),
        Exchange("And what do all values add up to?", f"Together they make {sum(chart.values)} {chart.topic.unit}."),
    )


def _comparison(first: Chart, second: Chart, names: tuple[str, str]) -> Draft:
    place = first.best
    change = {1: "rises", -1: "falls", 0: "stays"}[int(np.sign(second.values[place] - first.values[place]))]
    answer = (
        f'Both charts are titled "{first.topic.title}". The value of {first.names[place]}, the highest of the first, '
        f"{change} from {first.values[place]} to {second.values[place]}; in the second, {second.names[second.best]} "
        f"is highest with {second.amount(second.best)}."
    )
    return draft("charts", names, Exchange("Compare the two charts.", answer))


QUESTIONS: tuple[Ask, ...] = (_describe, _highest, _difference, _larger, _choice, _dialogue)
