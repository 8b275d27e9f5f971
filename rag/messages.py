"""What goes wrong with questions, settings and language models; see ``corpus.messages``."""
# ruff: noqa: E501 - a catalogue reads best with an entry a line

from __future__ import annotations

from corpus.errors import Message

__all__ = ["AnswerMessage"]


class AnswerMessage(Message):
    """Of questions, answers and their evaluation."""

    WEIGHTS_OTHER = (
        "The index was built by other weights of {model} than those at hand. Run 'yinju rebuild' to build it anew."
    )
    MODEL_OTHER = "The index was built by {built_by}, but YINJU_EMBEDDING_MODEL is {model}. Run 'yinju rebuild' to build it anew, or set YINJU_EMBEDDING_MODEL back."
    QUESTION_EMPTY = "The question is empty. Ask something, such as: 济南高新区聘任了多少名首席政策官？"
    QUESTION_BROKEN = "The question holds halves of characters (lone surrogates). Send it as UTF-8 text."
    QUESTION_TOO_LONG = "The question has {characters:,} characters; at most {most:,} can be asked. Shorten it, or add the long text as a document with 'yinju add'."
    HISTORY_BROKEN = "Turn {turn} of the history is none. Give turns as {{'role': 'user' or 'assistant', 'content': text}} or as (role, text)."
    RUNS_APART = "{before} and {after} have no question in common: there is nothing to compare."
    RUN_BROKEN = "{file} is not a saved run. Make one with 'yinju eval FILE --out {file}'."
    RUNS_DIFFER = "The question {question!r} is not the same in {before} and {after}: they were not run on the same file of questions."
    QUESTIONS_ASTRAY = "The index holds none of the documents that the questions of {files} name ({document!r} is the first). Add them with 'yinju add', or give their file of documents as well."
    LINE_BROKEN = "{file}, line {line} can't be used: {problem}."
    QUESTIONS_NONE = '{file} has no question. Add lines such as {{"text": "...", "doc_ids": ["report.txt"]}}.'
    GZIP_BROKEN = "{file} is a damaged gzip file ({reason}). Copy or download it again."
    TEMPORARY_UNWRITABLE = "The documents to ask can't be put into the temporary folder {folder}: {reason}. Free some space there, or set TMPDIR to another folder."
    FILTERS_SHAPE = "The filters must be a mapping of {known} to texts."
    FILTER_UNKNOWN = "There is no such filter: there are {known}."
    MODEL_EMPTY = "The language model {model} gave an empty answer. Ask again."
    MODEL_ONLY_THOUGHT = (
        "The language model {model} thought, but came to no answer. Ask again, or let it write more at once."
    )
    PROVIDER_UNKNOWN = "The language model {model} can't be used: there is no provider {provider}. Set YINJU_LLM=openai:{name} and YINJU_LLM_BASE_URL to the address of any OpenAI-compatible server, such as http://127.0.0.1:8000/v1; models of Ollama are named as YINJU_LLM=ollama:qwen3:8b."
    MODEL_WITHOUT_PACKAGE = "The language model {model} can't be used: {package} is not installed. Run 'pip install {package}', or set YINJU_LLM=openai:{name} and YINJU_LLM_BASE_URL to its OpenAI-compatible address."
    MODEL_NOT_SET = (
        "No language model is set, so there is none to try. Set YINJU_LLM; 'yinju models' lists those of this computer."
    )
    MODEL_ADDRESS_BARE = "The language model {model} gave no answer: {reason}. Most servers answer under /v1: set YINJU_LLM_BASE_URL={address}/v1."
    MODEL_WINDOW_OVER = "What was sent is too long for the language model {model}: {reason}. Set YINJU_LLM_WINDOW_TOKENS to what it really reads at once (now {tokens:,})."
    MODEL_WINDOW_SMALLER = "The language model {model} reads less than YINJU_LLM_WINDOW_TOKENS says ({tokens:,}), so it was sent fewer passages ({smaller:,} tokens). Set YINJU_LLM_WINDOW_TOKENS to its real window."
    PROMPT_UNUSABLE = "The template YINJU_LLM_PROMPT={file} can't be used: {reason}."
    MODEL_UNUSABLE = "The language model {model} can't be used: {reason}. Check YINJU_LLM and YINJU_LLM_API_KEY."
    WINDOW_TOO_SMALL = "The question and the best passage do not fit into the language model's window of {tokens:,} tokens. Set YINJU_LLM_WINDOW_TOKENS to the model's real window, or ask a shorter question."
    QUESTION_MISSING = "There is no 'question' in what was asked: it has {keys}."
    RERANKER_OTHER = "The model {model!r} was not made to give one score to a question and a passage. Set YINJU_RERANKER to a sentence-transformers CrossEncoder, or leave it out."
    RERANKER_NOT_LOADED = "The reranker {model!r} can't be loaded: it is neither a folder nor a model that the hub can give now ({reason}). Set YINJU_RERANKER to a sentence-transformers CrossEncoder, or leave it out."
    SETTING_UNUSABLE = "The setting {setting} can't be used: {problem} (given: {value!r})."
    FILTER_DATE = "The filter {filter} must be a date."
    FILTER_TEXT = "The filter {filter} must be text or a list of texts."
    MODEL_ADDRESS = "{model} at {address}"
    MODEL_NO_ANSWER = "The language model {model} gave no answer: {reason}. Check YINJU_LLM, YINJU_LLM_BASE_URL and YINJU_LLM_API_KEY, or set YINJU_LLM=extractive."
    MODEL_BROKE_OFF = "The language model {model} gave no complete answer: {reason}. Check YINJU_LLM, YINJU_LLM_BASE_URL and YINJU_LLM_API_KEY, or set YINJU_LLM=extractive."
    MODEL_NO_REWRITING = "The language model {model} could not rewrite the question: {reason}. Check YINJU_LLM, YINJU_LLM_BASE_URL and YINJU_LLM_API_KEY, or set YINJU_LLM=extractive."
