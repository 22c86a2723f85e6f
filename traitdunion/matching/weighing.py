"""Learns how far each measure of evidence is to be believed, and turns it into scores that mean what they say."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from traitdunion.matching.evidence import Cube
from traitdunion.matching.features import Vector

_CALM = 1e-3
"""Ridge: keeps the weights small where few examples speak."""
_STEPS = 80
_BINS = 40


@dataclass(frozen=True, slots=True)
class Weighing:
    """A softmax over the occupations by a few weights, then a rising curve from its output to the share of right ones.

    `believed` has one weight for each measure; `curve_from` and `curve_to` are the points of the curve.
    """

    believed: Vector
    curve_from: Vector
    curve_to: Vector

    @classmethod
    def learn(cls, measures: Cube, right: npt.NDArray[np.bool_], weights: Vector) -> "Weighing":
        """From held-out titles: measures of their candidates, which candidates are right, and how each title counts.

        Titles without a right candidate teach the curve only: they are those on which the model is bound to be wrong.
        """
        answerable = right.any(axis=1)
        spread = measures.std(axis=(0, 1)) + 1e-6
        believed = _softmax_weights(measures[answerable] / spread, right[answerable], weights[answerable])
        believed = (believed / spread).astype(np.float32)
        share = softmax(measures @ believed)
        order = np.argsort(-share, axis=1)[:, :5]
        points = np.take_along_axis(share, order, 1).ravel()
        truths = np.take_along_axis(right, order, 1).ravel().astype(np.float64)
        curve_from, curve_to = rising_curve(points, truths, np.repeat(weights, order.shape[1]))
        return cls(believed, curve_from, curve_to)

    def shares(self, measures: Cube) -> Vector:
        """The calibrated score of each candidate of each title, in 0–1."""
        share = softmax(measures @ self.believed)
        return np.interp(share, self.curve_from, self.curve_to).astype(np.float32)


def softmax(values: Vector) -> Vector:
    """Shares that sum to 1 in each row."""
    raised = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


def rising_curve(points: Vector, truths: npt.NDArray[np.float64], weights: Vector) -> tuple[Vector, Vector]:
    """Isotonic regression in bins of equal count: the share of truths by score, never falling (pool adjacent
    violators). Starts at (0, 0) and is cut at 0.99: nothing is certain."""
    order = np.argsort(points, kind="stable")
    pools: list[list[float]] = []
    for part in np.array_split(order, min(_BINS * 4, max(1, len(order) // 25))):
        if not len(part):
            continue
        weight = float(weights[part].sum())
        pools.append([float((points[part] * weights[part]).sum()), float((truths[part] * weights[part]).sum()), weight])
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] >= pools[-1][1] / pools[-1][2]:
            last = pools.pop()
            pools[-1] = [one + other for one, other in zip(pools[-1], last, strict=True)]
    xs = np.array([0.0, *(pool[0] / pool[2] for pool in pools)], dtype=np.float32)
    ys = np.array([0.0, *(min(pool[1] / pool[2], 0.99) for pool in pools)], dtype=np.float32)
    return xs, ys


def _softmax_weights(measures: Cube, right: npt.NDArray[np.bool_], weights: Vector) -> Vector:
    """The weights that make the right candidates most likely; all zero when there is nothing to learn from."""
    from scipy.optimize import minimize  # noqa: PLC0415 — heavy, and only learning needs it

    if not len(measures):
        return np.ones(measures.shape[2], dtype=np.float32)
    share_of = weights / weights.sum()

    def loss(believed: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        values = measures @ believed
        raised = np.exp(values - values.max(axis=1, keepdims=True))
        share = raised / raised.sum(axis=1, keepdims=True)
        hit = np.maximum((share * right).sum(axis=1), 1e-12)
        pull = (share - share * right / hit[:, None]) * share_of[:, None]
        slope = np.einsum("nc,ncm->m", pull, measures)
        return float(-(np.log(hit) * share_of).sum() + _CALM * (believed @ believed)), slope + 2 * _CALM * believed

    found = minimize(loss, np.zeros(measures.shape[2]), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return np.asarray(found.x, dtype=np.float32)
