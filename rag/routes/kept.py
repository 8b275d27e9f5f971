"""What was worked out for an index or an encoder, kept while that is in use."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

__all__ = ["Kept"]

_Owner = TypeVar("_Owner")
_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Kept(Generic[_Owner, _Key, _Value]):
    """The latest ``most`` values by their keys, for each owner. Safe to use from several threads."""

    def __init__(self, work_out: Callable[[_Owner, _Key], _Value], most: int) -> None:
        self._work_out = work_out
        self._most = most
        self._values: WeakKeyDictionary[_Owner, OrderedDict[_Key, _Value]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def __call__(self, owner: _Owner, key: _Key) -> _Value:
        """The value kept, or worked out now."""
        with self._lock:
            own = self._values.setdefault(owner, OrderedDict())
            if key in own:
                own.move_to_end(key)
                return own[key]
        value = self._work_out(owner, key)
        with self._lock:
            own[key] = value
            while len(own) > self._most:
                own.popitem(last=False)
        return value
