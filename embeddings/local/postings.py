"""BM25 postings over lexical tokens, kept by Tantivy (k1 1.2, b 0.75, its fixed parameters)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import tantivy

from embeddings.encoders.protocol import Vectors
from embeddings.errors import writing
from embeddings.index.protocol import Matches
from embeddings.index.tokens import Term
from embeddings.local.layout import link_or_copy

__all__ = ["Postings", "PostingsWriter"]

_FIELD = "tokens"
_ROW = "row"
_DOCUMENT = "document"
_HEAP_BYTES = 128_000_000


class Postings:
    """An opened folder of postings. Reading is safe from several threads."""

    def __init__(self, folder: Path) -> None:
        """Opens the postings in a folder; raises ValueError or OSError where there are none."""
        self._schema = _schema()
        self._stand_in: TemporaryDirectory[str] | None = None
        if not os.access(folder, os.W_OK):
            # Tantivy locks a file of the folder even to read: a folder of links serves, where it may.
            self._stand_in = TemporaryDirectory(prefix="yinju-postings-")
            for path in folder.iterdir():
                if path.suffix != ".lock":
                    Path(self._stand_in.name, path.name).symlink_to(path.resolve())
            folder = Path(self._stand_in.name)
        self._searcher = tantivy.Index.open(str(folder)).searcher()

    def search(self, terms: Sequence[Term], top_k: int, within: frozenset[str] | None = None) -> Matches:
        """The rows with the highest scores, best first; ``within`` are the ids of the only documents searched."""
        query = self._any_of(terms)
        if within is not None:
            query = self._among(_DOCUMENT, sorted(within), query)
        return self._matches(query, top_k)

    def scores(self, terms: Sequence[Term], rows: Sequence[int]) -> Vectors:
        """The scores of these rows, 0 where none of the terms stands."""
        return self._scores_of(self._any_of(terms), rows)

    def coverage(self, weights: Mapping[Term, float], rows: Sequence[int]) -> Vectors:
        """The sum of the weights of the terms that stand in these rows."""
        present = [tantivy.Query.const_score_query(self._term(term), weight) for term, weight in weights.items()]
        return self._scores_of(tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in present]), rows)

    def document_frequency(self, token: str) -> int:
        """In how many passages the token stands."""
        return self._searcher.doc_freq(_FIELD, token)

    def _scores_of(self, query: tantivy.Query, rows: Sequence[int]) -> Vectors:
        found = self._matches(self._among(_ROW, list(rows), query), max(1, len(rows)))
        scores = dict(zip(found.rows.tolist(), found.scores.tolist(), strict=True))
        return np.array([scores.get(row, 0.0) for row in rows], dtype=np.float32)

    def _among(self, name: str, values: Sequence[Any], query: tantivy.Query) -> tantivy.Query:
        """The query, of only those passages whose field has one of the values; scores stay as they are."""
        among = tantivy.Query.const_score_query(tantivy.Query.term_set_query(self._schema, name, values), 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, among), (tantivy.Occur.Must, query)])

    def _any_of(self, terms: Sequence[Term]) -> tantivy.Query:
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, self._term(term)) for term in terms])

    def _term(self, term: Term) -> tantivy.Query:
        """The best of a term's ways counts, so that a word with many translations weighs no more than another."""
        ways = [self._all_of(way) for way in term.ways]
        return ways[0] if len(ways) == 1 else tantivy.Query.disjunction_max_query(ways)

    def _all_of(self, tokens: Sequence[str]) -> tantivy.Query:
        queries = [tantivy.Query.term_query(self._schema, _FIELD, token, "freq") for token in tokens]
        if len(queries) == 1:
            return queries[0]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in queries])

    def _matches(self, query: tantivy.Query, top_k: int) -> Matches:
        hits = self._searcher.search(query, limit=top_k, count=False).hits
        rows = self._searcher.fast_field_values(_ROW, [address for _, address in hits])
        return Matches(np.array(rows, dtype=np.int64), np.array([score for score, _ in hits], dtype=np.float32))


class PostingsWriter:
    """Writes a folder of postings: those of an older one, less some documents, and new ones.

    Tantivy's own files never change once written, so that the older ones are shared and not copied.
    """

    def __init__(self, folder: Path, base: Path | None = None) -> None:
        folder.mkdir()
        if base is not None:
            for path in sorted(base.iterdir()):
                if path.suffix == ".json":  # the lists of files, which are written anew
                    shutil.copyfile(path, folder / path.name)
                elif path.suffix != ".lock":
                    link_or_copy(path, folder / path.name)
        self._folder = folder
        with writing(folder):
            index = tantivy.Index(_schema(), path=str(folder))
            # One writer thread makes the same segments every time.
            self._writer = index.writer(_HEAP_BYTES, num_threads=1)

    def add(self, row: int, document_id: str, tokens: Sequence[str]) -> None:
        """Adds the passage of a row; raises OSError where the folder can't be written."""
        document = tantivy.Document()
        document.add_text(_FIELD, " ".join(tokens))
        document.add_unsigned(_ROW, row)
        document.add_text(_DOCUMENT, document_id)
        with writing(self._folder):
            self._writer.add_document(document)

    def remove(self, document_id: str) -> None:
        """Takes out the passages that the document has so far; those added after this stay."""
        self._writer.delete_documents_by_term(_DOCUMENT, document_id)

    def close(self) -> None:
        """Finishes the folder; raises OSError where it can't be written."""
        with writing(self._folder):
            self._writer.commit()
            self._writer.garbage_collect_files()
            self._writer.wait_merging_threads()
        readable = self._folder.stat().st_mode & 0o666  # Tantivy keeps some of its files from other users
        for path in self._folder.iterdir():
            path.chmod(readable)

    def discard(self) -> None:
        """Ends writing; what was not yet written never will be. Only then may the folder be removed.

        Tantivy writes in a thread of its own. Letting go of its writer is what stops that thread and waits for its end.
        """
        del self._writer


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_FIELD, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field(_ROW, indexed=True, fast=True)
    builder.add_text_field(_DOCUMENT, tokenizer_name="raw", index_option="basic")
    return builder.build()
