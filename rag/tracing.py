"""OpenTelemetry spans of what is done for a question, where its API is installed and somebody collects them.

The API alone sends nothing: without a tracer provider, which only who runs the program sets up, a span is empty. No
text of a question or a document is put into one.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

try:
    from opentelemetry import trace
except ImportError:  # pragma: no cover - comes with other packages, but nothing here needs it
    trace = None  # type: ignore[assignment]

__all__ = ["note", "span", "traced"]

_T = TypeVar("_T")
_NAME = "yinju"


@contextmanager
def span(name: str, **attributes: str | float) -> Iterator[None]:
    """What is done within is a span ``yinju.<name>``, a part of the one around it. Not to be held over a ``yield``."""
    if trace is None:
        yield
        return
    with trace.get_tracer(_NAME).start_as_current_span(f"{_NAME}.{name}", attributes=attributes):
        yield


def traced(name: str, steps: Generator[_T, None, None], **attributes: str | float) -> Generator[_T, None, None]:
    """The steps of a generator as one span, current while a step is made and not between them.

    Whoever takes the steps may do so in another context each time, on another thread even; a span that stays current
    over a ``yield`` would then be left in a context that it was not entered in.
    """
    if trace is None:
        yield from steps
        return
    whole = trace.get_tracer(_NAME).start_span(f"{_NAME}.{name}", attributes=attributes)
    try:
        with closing(steps):
            while True:
                with trace.use_span(whole):
                    try:
                        step = next(steps)
                    except StopIteration:
                        return
                yield step
    finally:
        whole.end()


def note(**attributes: str | float) -> None:
    """Adds what was found out to the current span."""
    if trace is not None:
        trace.get_current_span().set_attributes(attributes)
