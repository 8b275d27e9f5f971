"""Many people at the page for a while: they ask, add and remove documents, and have the index rebuilt."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx
from victim import Victim
from visitor import Event, Refused, Visitor, events_of

__all__ = ["Soaked", "soak"]

_QUESTIONS = (
    "济南高新区聘任了多少名首席政策官？",
    "2020年经开区发放了多少青年人才补贴？",
    "How many chief policy officers did Jinan High-tech Zone appoint?",
    "2023年济南高新区新入选市级以上高层次人才多少人？",
    "北京市朝阳区人才公寓的租金是多少？",
    "首席政策官解决了哪些诉求，平台新增了多少家？" * 20,
)
_TIMEOUT_S = 240.0
_LIBRARIANS = 2  # of the people; the others ask
_PAUSE_S = 5.0  # between a librarian's changes
_LOOKED_AT_S = 2.0


@dataclass
class Soaked:
    """What came of it."""

    done: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    memory_mib: list[int] = field(default_factory=list)


def soak(victim: Victim, people: int, seconds: float, seed: int = 1) -> Soaked:
    """So many people for so many seconds."""
    soaked, until = Soaked(), time.monotonic() + seconds
    visits = [_Visit(victim.address, soaked, until, random.Random(seed + n)) for n in range(people)]
    tasks = [visit.keep_library if n < _LIBRARIANS else visit.ask for n, visit in enumerate(visits)]
    threads = [threading.Thread(target=task, daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) and victim.alive and time.monotonic() < until + _TIMEOUT_S:
        soaked.memory_mib.append(victim.memory_mib())
        time.sleep(_LOOKED_AT_S)
    if not victim.alive:
        soaked.failures.append("the server ended")
    stuck = sum(thread.is_alive() for thread in threads)
    if stuck:
        soaked.failures.append(f"{stuck} people were never answered")
    return soaked


@dataclass
class _Visit:
    address: str
    soaked: Soaked
    until: float
    dice: random.Random

    def ask(self) -> None:
        """Asks one question after another, as a program and in the page, with a new visit now and then."""
        while time.monotonic() < self.until:
            with httpx.Client(base_url=self.address, timeout=_TIMEOUT_S) as client:
                visitor = Visitor(client)
                ask = _event(visitor, "yj-ask submit")
                for _ in range(5):
                    question = self.dice.choice(_QUESTIONS)
                    if self.dice.random() < 0.5:
                        self._tried("asked in the page", lambda: _asked(visitor, ask, question))  # noqa: B023 - at once
                    else:
                        self._tried("asked by a program", lambda: _completed(visitor, question))  # noqa: B023 - at once

    def keep_library(self) -> None:
        """Adds and removes documents and has the index rebuilt."""
        names: list[str] = []
        with httpx.Client(base_url=self.address, timeout=_TIMEOUT_S) as client:
            visitor = Visitor(client)
            upload, remove = _event(visitor, "yj-upload upload"), _event(visitor, "yj-table click")
            again = _event(visitor, "yj-rebuild click")
            while time.monotonic() < self.until:
                act = self.dice.random()
                if act < 0.5 or not names:
                    names.append(f"{self.dice.randrange(10**9)}.md")
                    text = "".join(f"第{self.dice.randrange(9999)}条规定补贴{n}万元。\n\n" for n in range(200))
                    self._tried("added", lambda: _added(visitor, upload, names[-1], text))  # noqa: B023 - at once
                elif act < 0.8:
                    name = names.pop(self.dice.randrange(len(names)))
                    self._tried("removed", lambda: visitor.set_off(remove, data={"file": name}))  # noqa: B023 - at once
                else:
                    self._tried("rebuilt", lambda: visitor.set_off(again))
                time.sleep(_PAUSE_S)

    def _tried(self, what: str, act: object) -> None:
        try:
            act()  # type: ignore[operator]
            self.soaked.done[what] += 1
        except (httpx.HTTPError, Refused) as exc:
            self.soaked.failures.append(f"{what}: {type(exc).__name__}: {exc}"[:300])


def _event(visitor: Visitor, name: str) -> Event:
    return next(event for event in events_of(visitor.config()) if event.name == name)


def _asked(visitor: Visitor, ask: Event, question: str) -> None:
    told = str(visitor.set_off(ask, ask.with_value(0, question)))
    if "yj-error" in told:
        raise Refused(told[told.index("yj-error") :][:200])


def _completed(visitor: Visitor, question: str) -> None:
    response = visitor.complete(question)
    if response.status_code not in (200, 429):  # 429: many are here, and it says when to come again
        raise Refused(f"{response.status_code} {response.text[:200]}")


def _added(visitor: Visitor, upload: Event, name: str, text: str) -> None:
    told = str(visitor.set_off(upload, upload.with_value(0, [visitor.upload(name, text.encode())])))
    if "yj-error" in told:
        raise Refused(told[:200])
