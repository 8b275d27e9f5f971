"""The time that a first rebuild says it still takes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from quick_encoder import QuickEncoder

import embeddings.building.pace
from embeddings import Progress, rebuild
from embeddings.encoders.protocol import Role, Vectors

BATCH = 32


class Clock(QuickEncoder):
    """An encoder that takes as long as a transformer of a small model does by its tokens, on a clock of its own.

    It begins when all is read: this clock doesn't run while files are being read, and how far that is by then would be
    left to chance.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.read = threading.Event()

    def encode(self, texts: Sequence[str], role: Role, progress: Callable[[int], None] | None = None) -> Vectors:
        assert self.read.wait(600)
        vectors = super().encode(texts, role)
        for first in range(0, len(texts), BATCH):
            for text in texts[first : first + BATCH]:
                tokens = 0.65 * len(text) + 6
                self.now += tokens / 1000 * (1 + tokens / 1800)  # attention grows with the square
            if progress is not None:
                progress(len(texts[first : first + BATCH]))
        return vectors


def test_it_is_within_a_fifth_after_a_tenth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "documents").mkdir()
    for number in range(24):
        long = [
            f"第{number}号文件第{k}条，" + f"关于第{k}项补贴和第{number}类企业的规定，" * (9 + k % 5) + "。"
            for k in range(20)
        ]
        short = [f"第{number}号第{k}项是{k * number}万元。" for k in range(150)]
        text = "\n\n".join([f"第{number}号", *long, "".join(short)])
        (tmp_path / "documents" / f"{number:02}.txt").write_text(text, encoding="utf-8")
    clock, told = Clock(), list[tuple[float, Progress]]()
    monkeypatch.setattr(embeddings.building.pace, "monotonic", lambda: clock.now)

    def progress(step: Progress) -> None:
        told.append((clock.now, step))
        if step.stage == "reading" and step.done == step.total:
            clock.read.set()

    rebuild(tmp_path / "documents", tmp_path / "index", encoder=clock, progress=progress)
    whole = clock.now
    asked = [(at, step) for at, step in told if step.stage == "encoding" and whole / 10 <= at < whole]
    assert len(asked) > 50
    for at, step in asked:
        assert step.seconds_left == pytest.approx(whole - at, rel=0.2, abs=whole / 100)
    by_count = [at / step.done * (step.total - step.done) / (whole - at) for at, step in asked]
    assert max(by_count) > 1.4  # what counting texts would tell
