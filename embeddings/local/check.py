"""Whether an index is as it was written, and answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus import Problem
from embeddings.errors import IndexUnreadable
from embeddings.index.tokens import Term, lexical_tokens
from embeddings.local.index import FaissIndex, damaged_files, read_manifest
from embeddings.local.layout import Layout, generations, pointed
from embeddings.messages import IndexMessage

__all__ = ["IndexCheck", "check_answers", "check_index"]

_SAMPLE = 20
_TOKENS = 12
_TOP_K = 10


@dataclass(frozen=True, slots=True)
class IndexCheck:
    """What became of checking one generation; ``problems`` is empty where everything is as it was written."""

    generation: str
    current: bool
    files: int
    bytes: int
    problems: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def check_index(index_dir: str | Path) -> list[IndexCheck]:
    """Compares every file of every generation with its checksum, and has each generation find some of its passages.

    Raises:
        IndexMissing: nothing has been built there.
        IndexUnreadable: the folder holds something else.
    """
    index_dir = Path(index_dir)
    pointer = pointed(index_dir)
    results = [_verified(Layout(path), current=path.name == pointer) for path in generations(index_dir)]
    if not any(result.current for result in results):
        results.append(IndexCheck(pointer, True, 0, 0, ("the pointer names no generation of this index",)))
    return results


def _verified(layout: Layout, *, current: bool) -> IndexCheck:
    files, size, problems = 0, 0, list[str]()
    try:
        manifest = read_manifest(layout)
        files, size = len(manifest.files), manifest.bytes
        problems += [f"{name} is missing or not as it was written" for name in damaged_files(layout, manifest)]
        if not problems:
            check_answers(layout)
    except IndexUnreadable as exc:
        problems.append(str(exc))
    except (OSError, ValueError, TypeError, AttributeError) as exc:
        problems.append(f"{layout.manifest.name} can't be read: {exc}")
    return IndexCheck(layout.generation.name, current, files, size, tuple(problems))


def check_answers(layout: Layout) -> None:
    """Opens a generation as readers do and has it find passages from all over itself by their vectors and words.

    Raises:
        IndexUnreadable: it can't be opened, or does not find them.
    """
    index = FaissIndex.open_generation(layout)
    try:
        for row in index.some_rows(_SAMPLE):
            problem = _problem(index, row)
            if problem is not None:
                raise IndexUnreadable(
                    IndexMessage.CHECK_FAILED_PASSAGE, generation=layout.generation, passage=row, problem=problem
                )
    except (sqlite3.Error, ValueError, RuntimeError, OSError) as exc:
        raise IndexUnreadable(IndexMessage.CHECK_FAILED, generation=layout.generation, reason=exc) from exc
    finally:
        index.close()


def _problem(index: FaissIndex, row: int) -> Problem | None:
    passage = index.passage(row)
    document = index.document(passage.document_id)
    if document.text[passage.start : passage.end] != passage.text:
        return Problem.of(IndexMessage.PASSAGE_DIFFERS, document=document.id)
    sentences = index.sentences(row)
    if len(sentences.spans) != len(sentences.vectors):
        return Problem.of(IndexMessage.PASSAGE_SENTENCES)
    vector = index.vectors([row])[0]
    matches = index.dense(vector, _TOP_K)
    own = float(vector @ vector)
    # Passages of the same words have the same vectors, and the approximate search may miss one among near ones.
    if row not in matches.rows and (not len(matches.scores) or matches.scores[0] < own - 0.02):
        return Problem.of(IndexMessage.PASSAGE_BY_VECTOR)
    tokens: Sequence[str] = list(dict.fromkeys(lexical_tokens(passage.text)))[:_TOKENS]
    if tokens and not index.lexical_scores([Term(((token,),)) for token in tokens], [row])[0] > 0:
        return Problem.of(IndexMessage.PASSAGE_BY_WORDS)
    return None
