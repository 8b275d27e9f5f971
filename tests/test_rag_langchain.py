import pytest
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI
from openai_server import Reply, ScriptedServer

from rag import Answer, Assistant, Filters, QuestionError
from rag.langchain import YinjuRetriever, as_runnable

FIRST = "济南高新区聘任了多少名首席政策官？"


def test_the_retriever_gives_the_passages_with_their_places(assistant: Assistant) -> None:
    documents = YinjuRetriever(assistant=assistant, top_k=3).invoke(FIRST)
    assert len(documents) == 3
    best = documents[0]
    text = assistant.document(best.metadata["document_id"]).text
    assert text[best.metadata["start"] : best.metadata["end"]] == best.page_content
    assert best.metadata["score"] >= documents[1].metadata["score"]


def test_the_retriever_keeps_to_its_filters(assistant: Assistant) -> None:
    retriever = YinjuRetriever(assistant=assistant, filters=Filters(sources=("齐鲁晚报·齐鲁壹点",)))
    assert {document.metadata["document_id"] for document in retriever.invoke(FIRST)} == {"000_0eb0c2514dd7671a.txt"}


def test_a_chain_already_written_can_use_it(assistant: Assistant, llm_server: ScriptedServer) -> None:
    llm_server.script = [Reply(("三十", "九名"))]
    model = ChatOpenAI(model="scripted", base_url=llm_server.url, api_key="none", streaming=True)
    retriever = YinjuRetriever(assistant=assistant, top_k=1) | (lambda found: found[0].page_content)
    chain = {"context": retriever, "question": lambda question: question} | ChatPromptTemplate.from_template(
        "{context}\n\n{question}"
    )
    assert (chain | model | StrOutputParser()).invoke(FIRST) == "三十九名"
    assert "39名“首席政策官”" in llm_server.requests[0]["messages"][0]["content"]


def test_the_whole_assistant_is_a_runnable(assistant: Assistant) -> None:
    runnable = as_runnable(assistant)
    assert isinstance(runnable.invoke(FIRST), Answer)
    chain = runnable | (lambda answer: answer.text)
    texts = chain.batch([FIRST, {"question": FIRST, "filters": {"documents": "no.txt"}}])
    assert "39名" in texts[0]
    assert "没有找到" in texts[1]
    with pytest.raises(QuestionError, match="question"):
        runnable.invoke({"text": FIRST})
