"""What the model answers: a value of its own, so that what compares offers with trainings needs no model."""

from typing import NamedTuple


class Prediction(NamedTuple):
    """A ROME code and its score in 0–1: among predictions scored 0.8, about 80 % are right."""

    code: str
    score: float
