"""One module a format: each names its ``SUFFIXES`` and has ``read(data, document_id, limits) -> Iterator[Document]``.

Most files hold one document, whose id is the one given; each document of a file that holds several (an archive, lines
of JSON) has an id of its own below it: ``<document_id>/<its name in the file>``.

What one of several can't be read comes as ``Skipped``, and the others still do.

A module put into this package is found by itself. Modules import what they parse with inside ``read``, so that finding
them costs nothing. What they read with may raise what it likes: the caller (``corpus.readers.reading``) makes one error
of it.
"""
