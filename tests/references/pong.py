"""Pong in float32, frame by frame, written from the constants and the order of updates alone.

The state has the positions, speeds and scores, `seen`, the eight numbers that are observed, and `reward` in tenths.
At the end there are only `over` and `reward`. Actions are `move:still`, `move:down` (direction +1) and `move:up`.
A draw of the kind `serve` is 0 (the ball starts upwards) or 1 (level).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

F = np.float32
_WIDTH, _HEIGHT, _PADDLE, _BALL = F(500), F(640), F(70), F(32)
_GOAL = 21
_DIRECTIONS = {"move:still": F(0), "move:down": F(1), "move:up": F(-1)}


class Pong:
    """Follows one game. Raises ValueError where a request makes no sense."""

    def __init__(self, frames: int) -> None:
        self.frames = frames
        self.over = False

    def reset(self, setup: Mapping[str, Any] | None = None, draws: Iterable[Sequence[Any]] = ()) -> dict[str, Any]:
        if setup:
            raise ValueError("there is no setup")
        self.score_left = self.score_right = 0
        self.over, self.reward, self.tick = False, F(0), 0
        self.round(list(draws))
        self.observation = self.observed()
        return self.answer()

    def round(self, draws: list[Sequence[Any]]) -> None:
        ((kind, value),) = draws
        if kind != "serve":
            raise ValueError(f"{kind} is not drawn here")
        self.tick = 0
        self.left = self.right = _HEIGHT / 2 - _PADDLE / 2
        self.x, self.y = _WIDTH / 5, _HEIGHT / 2 - _BALL / 2
        self.vx, self.vy = F(10), F(int(value) - 1)

    def step(self, action: str, draws: Iterable[Sequence[Any]] = ()) -> dict[str, Any]:
        if self.over or action not in _DIRECTIONS:
            raise ValueError(f"not legal: {action}")
        outcomes, point = list(draws), False
        self.reward, self.tick = F(0), self.tick + 1
        for _ in range(self.frames):
            point = self.frame(_DIRECTIONS[action])
            if point:
                break
        if not point:
            self.observation = self.observed()
        elif self.score_left == _GOAL or self.score_right == _GOAL:
            self.over = True
        else:
            self.round(outcomes)
            outcomes = []
        if outcomes:
            raise ValueError("nothing is drawn here")
        return self.answer()

    def frame(self, direction: np.float32) -> bool:
        """One frame; whether it brought a point."""
        top, bottom = -_PADDLE / 2, _HEIGHT - _PADDLE / 2
        self.right = np.clip(self.right + F(8) * direction, top, bottom)
        self.left = np.clip(self.left + np.clip(self.y - (self.left + _PADDLE / 2), F(-8), F(8)), top, bottom)
        self.x, self.y = self.x + self.vx, self.y + self.vy
        if self.y < 0 or self.y + _BALL > _HEIGHT:
            self.vy = -self.vy
        if self.x < 0:
            if not self.overlaps(self.left):
                self.score_right += 1
                self.reward = F(1)
                return True
            self.vx = -self.vx
        if self.x + _BALL > _WIDTH:
            if not self.overlaps(self.right):
                self.score_left += 1
                self.reward = F(-1)
                return True
            self.vx = -self.vx
            self.reward = F(0.1)
            self.vy = np.clip(self.vy + F(3) * direction, F(-13), F(13))
            if abs(self.vy) < F(0.01):
                self.vy = F(3)
            self.x = np.clip(self.x, F(0), _WIDTH - _BALL)
            self.y = np.clip(self.y, F(0), _HEIGHT - _BALL)
        return False

    def overlaps(self, paddle: np.float32) -> bool:
        return bool(self.y + _BALL > paddle and self.y < paddle + _PADDLE)

    def observed(self) -> np.ndarray:
        """The eight numbers that the agent observes."""
        return np.array(
            [
                (self.left + _PADDLE / 2) / _HEIGHT,
                (self.right + _PADDLE / 2) / _HEIGHT,
                self.x / _WIDTH,
                self.y / _HEIGHT,
                (self.vx + F(10)) / F(20),
                (self.vy + F(13)) / F(26),
                F(self.score_left // _GOAL),
                F(self.score_right // _GOAL),
            ],
            F,
        )

    def answer(self) -> dict[str, Any]:
        told = {"over": self.over, "reward": round(float(self.reward) * 10)}
        legal = [] if self.over else list(_DIRECTIONS)
        if self.over:
            return {"state": told, "legal": legal}
        numbers = [self.left, self.right, self.x, self.y, self.vx, self.vy]
        if any(float(number) != int(number) for number in numbers):
            raise ValueError("a position is no whole number")
        names = ("left", "right", "x", "y", "vx", "vy")
        state = {name: int(number) for name, number in zip(names, numbers, strict=True)}
        scores = {"score_left": self.score_left, "score_right": self.score_right, "tick": self.tick}
        return {"state": {**state, **scores, "seen": self.observation.tolist(), **told}, "legal": legal}


def every_frame() -> Pong:
    return Pong(1)


def eight_frames() -> Pong:
    return Pong(8)
