"""Other libraries' retrieval, set up as their quick starts do it, with the encoder given: called by retrieval.py.

    PYTHON benchmarks/peers.py TASK.json

TASK.json holds "model" (a sentence-transformers folder), "documents" ([id, text] each) and "questions"; it is written
over with {library: [[document ids, best first] a question]}. With "folder" in place of "documents", as evidence.py
asks, the files of that folder are read by markitdown, and what is written are [document id, text of the passage],
best first, of the two best known libraries. PYTHON has benchmarks/peers.txt installed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

TOP_K = 20  # passages: several of one document leave room for ten others
Documents = list[tuple[str, str]]
Search = Callable[[str], Iterable[tuple[str, str]]]  # document ids and passages


def main() -> None:
    file = Path(sys.argv[1])
    task = json.loads(file.read_text(encoding="utf-8"))
    remember_vectors()
    found: dict[str, list[list[Any]]] = {}
    if "folder" in task:
        documents = markdown_of(Path(task["folder"]))
        for build in (langchain_faiss, llama_index):
            search = build(documents, task["model"])
            found[build.__name__] = [list(search(question)) for question in task["questions"]]
    else:
        documents = [(name, text) for name, text in task["documents"]]
        for build in (langchain_faiss, langchain_ensemble, llama_index, txtai, haystack):
            search = build(documents, task["model"])
            found[build.__name__] = [
                list(dict.fromkeys(name for name, _ in search(question)))[:10] for question in task["questions"]
            ]
    file.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def markdown_of(folder: Path) -> Documents:
    """Every file of a folder as markitdown reads it; one that it can't read is left out, as it would be."""
    from markitdown import MarkItDown, MarkItDownException

    reader, documents = MarkItDown(), []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            try:
                documents.append((path.relative_to(folder).as_posix(), reader.convert(path).text_content))
            except MarkItDownException as exc:
                print(f"{path.name}: {exc}", file=sys.stderr)
    return documents


def remember_vectors() -> None:
    """Encodes a text once, though several libraries ask for it: the vectors are the same."""
    import numpy as np
    import torch
    from sentence_transformers import SentenceTransformer

    encode = SentenceTransformer.encode
    kept: dict[tuple[str | None, str | None, str], np.ndarray] = {}

    def remembered(self, sentences, prompt_name=None, prompt=None, convert_to_tensor=False, **_):  # type: ignore[no-untyped-def]
        texts = [sentences] if isinstance(sentences, str) else list(sentences)
        new = list(dict.fromkeys(text for text in texts if (prompt_name, prompt, text) not in kept))
        if new:
            vectors = encode(self, new, prompt_name=prompt_name, prompt=prompt, show_progress_bar=False)
            kept.update(((prompt_name, prompt, text), vector) for text, vector in zip(new, vectors, strict=True))
        stacked = np.stack([kept[prompt_name, prompt, text] for text in texts])
        out = torch.from_numpy(stacked) if convert_to_tensor else stacked
        return out[0] if isinstance(sentences, str) else out

    SentenceTransformer.encode = remembered


def langchain_chunks(documents: Documents):  # type: ignore[no-untyped-def]
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    return splitter.split_documents([Document(text, metadata={"id": name}) for name, text in documents])


def langchain_store(documents: Documents, model: str):  # type: ignore[no-untyped-def]
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings

    return FAISS.from_documents(langchain_chunks(documents), HuggingFaceEmbeddings(model_name=model))


def langchain_faiss(documents: Documents, model: str) -> Search:
    store = langchain_store(documents, model)
    return lambda question: [
        (found.metadata["id"], found.page_content) for found in store.similarity_search(question, k=TOP_K)
    ]


def langchain_ensemble(documents: Documents, model: str) -> Search:
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever

    words = BM25Retriever.from_documents(langchain_chunks(documents), k=TOP_K)
    vectors = langchain_store(documents, model).as_retriever(search_kwargs={"k": TOP_K})
    both = EnsembleRetriever(retrievers=[words, vectors], weights=[0.5, 0.5])
    return lambda question: [(found.metadata["id"], found.page_content) for found in both.invoke(question)]


def llama_index(documents: Documents, model: str) -> Search:
    from llama_index.core import Document, Settings, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from transformers import AutoTokenizer

    Settings.embed_model = HuggingFaceEmbedding(model_name=model)
    # Its own sentence splitter and tokenizer are downloads; these cut at the same sizes.
    Settings.tokenizer = AutoTokenizer.from_pretrained(model).encode
    sentences = re.compile(r"[^。！？.!?]+[。！？.!?]*\s*|[。！？.!?]+\s*")
    Settings.node_parser = SentenceSplitter(chunking_tokenizer_fn=sentences.findall)
    index = VectorStoreIndex.from_documents([Document(text=text, id_=name) for name, text in documents])
    retriever = index.as_retriever(similarity_top_k=TOP_K)
    return lambda question: [
        (found.node.ref_doc_id, found.node.get_content()) for found in retriever.retrieve(question)
    ]


def txtai(documents: Documents, model: str) -> Search:
    from txtai import Embeddings

    embeddings = Embeddings(path=model, hybrid=True)
    embeddings.index((name, text, None) for name, text in documents)
    texts = dict(documents)
    return lambda question: [(name, texts[name]) for name, _ in embeddings.search(question, TOP_K)]


def haystack(documents: Documents, model: str) -> Search:
    from haystack import Document, Pipeline
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    splitter = DocumentSplitter(split_by="word", split_length=512, split_overlap=32)
    splitter.warm_up()
    chunks = splitter.run([Document(content=text, meta={"name": name}) for name, text in documents])["documents"]
    embedder = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
    embedder.warm_up()
    store = InMemoryDocumentStore()
    store.write_documents(embedder.run(chunks)["documents"])
    pipeline = Pipeline()
    pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=model, progress_bar=False))
    pipeline.add_component("vectors", InMemoryEmbeddingRetriever(store, top_k=TOP_K))
    pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=TOP_K))
    pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
    pipeline.connect("embedder.embedding", "vectors.query_embedding")
    pipeline.connect("vectors", "joiner")
    pipeline.connect("words", "joiner")

    def search(question: str) -> list[tuple[str, str]]:
        found = pipeline.run({"embedder": {"text": question}, "words": {"query": question}})
        return [(document.meta["name"], document.content) for document in found["joiner"]["documents"]]

    return search


if __name__ == "__main__":
    main()
