"""Asking every question of a questionnaire, and measuring what comes back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from corpus import Problem, Skipped
from embeddings import Encoder, IndexUnwritable, load_encoder, open_index, rebuild
from rag.answers import Answer
from rag.assistant import Assistant
from rag.errors import LanguageModelError, QuestionError
from rag.evaluation.examiner import Examiner
from rag.evaluation.measures import Figures, figures_of, ranking_measures
from rag.evaluation.questionnaire import Item, Questionnaire
from rag.evaluation.results import About, Evaluation, Result
from rag.messages import AnswerMessage
from rag.settings import Settings

__all__ = ["Progress", "evaluate"]

_MOST_FAILURES = 3  # one after another: then the language model is down, and asking on costs only time


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage has come: files read, texts encoded, questions asked."""

    stage: Literal["reading", "encoding", "writing", "asking"]
    done: int
    total: int


def evaluate(
    questionnaire: Questionnaire,
    settings: Settings | None = None,
    *,
    encoder: Encoder | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Evaluation:
    """Asks every question and measures the answers; see docs/evaluation.md for what each measure says.

    Documents that come with the questions are indexed in a temporary folder; without any, the index in the settings'
    home is asked. ``encoder`` stands in for loading the settings' embedding model. A question whose answer fails is
    kept with its error; three in a row end the evaluation.

    Raises:
        EvaluationError: the index holds none of the documents that the questions name.
        IndexMissing, IndexUnreadable, IndexMismatch, IndexUnwritable: the index can't be used, or not be built.
        EncoderUnavailable: the embedding model can't be loaded.
        LanguageModelError: there is no such language model, or it failed three times in a row.
    """
    started = datetime.now(UTC)
    settings = settings or Settings()
    report = progress or (lambda _: None)
    if not questionnaire.documents:
        open_index(settings.index_location).close()  # one that is missing is told before the model is loaded
    encoder = encoder or load_encoder(settings.embedding_model)
    with _assistant(questionnaire, settings, encoder, report) as (assistant, names, skipped):
        examiner = Examiner(assistant, names)
        unknown = examiner.unknown(questionnaire)
        assistant.search("引据 Yinju", 1)  # what is loaded at the first use is no question's own time
        results = _ask_all(examiner, questionnaire.questions, report)
        manifest = assistant.index.manifest
        about = About(
            created=started.isoformat(timespec="seconds"),
            version=_version(),
            files=questionnaire.files,
            documents=manifest.documents,
            passages=manifest.passages,
            embedding_model=manifest.model,
            llm=settings.llm,
            top_k=settings.top_k,
            passage_chars=manifest.max_chars,
            answer_threshold=settings.answer_threshold,
            seconds=round((datetime.now(UTC) - started).total_seconds(), 1),
            unknown_documents=unknown,
            skipped=skipped,
        )
    return Evaluation(
        about=about,
        overall=figures_of(results),
        by_lang=_by([result.lang for result in results], results),
        by_kind=_by([result.kind for result in results], results),
        results=tuple(results),
    )


@contextmanager
def _assistant(
    questionnaire: Questionnaire, settings: Settings, encoder: Encoder, report: Callable[[Progress], None]
) -> Iterator[tuple[Assistant, dict[str, str], tuple[Skipped, ...]]]:
    """The assistant to ask, the questionnaire's names of documents by those of the index, and what was not indexed."""
    with tempfile.TemporaryDirectory(prefix="yinju-eval-", ignore_cleanup_errors=True) as folder:
        names: dict[str, str] = {}
        skipped: tuple[Skipped, ...] = ()
        if questionnaire.documents:
            settings = settings.model_copy(update={"home": Path(folder)})
            try:
                names = questionnaire.write_documents(settings.library.folder)
            except OSError as exc:
                raise IndexUnwritable(
                    AnswerMessage.TEMPORARY_UNWRITABLE, folder=folder, reason=exc.strerror or exc
                ) from exc
            built = rebuild(
                settings.library.folder,
                settings.index_dir,
                encoder=encoder,
                max_chars=settings.passage_chars,
                progress=lambda step: report(Progress(step.stage, step.done, step.total)),
            )
            skipped = tuple(Skipped(names.get(item.id, item.id), item.problem) for item in built.skipped)
        assistant = Assistant(open_index(settings.index_dir), encoder, settings)
        try:
            yield assistant, names, skipped
        finally:
            assistant.index.close()


def _ask_all(examiner: Examiner, questions: Sequence[Item], report: Callable[[Progress], None]) -> list[Result]:
    asked = []
    failures = 0
    report(Progress("asking", 0, len(questions)))
    for done, question in enumerate(questions, 1):
        answer: Answer | None = None
        error: Problem | None = None
        try:
            answer = examiner.assistant.ask(question.text, history=question.history)
        except QuestionError as exc:
            error = exc.problem
        if answer is not None and isinstance(answer.notice, Problem):
            # The documents answered in place of a language model that failed: that says nothing about the model.
            error, answer = answer.notice, None
            failures += 1
            if failures == _MOST_FAILURES:
                raise LanguageModelError(error)
        elif answer is not None:
            failures = 0
        asked.append(examiner.mark(question, answer, error))
        report(Progress("asking", done, len(questions)))
    return _with_rankings(asked)


def _with_rankings(results: list[Result]) -> list[Result]:
    """The results with the measures of their rankings."""
    for level in ("documents", "passages"):
        ranks = [result.document_ranks if level == "documents" else result.passage_ranks for result in results]
        ranked = [i for i, found in enumerate(ranks) if found]
        for i, values in zip(ranked, ranking_measures([ranks[i] for i in ranked]), strict=True):
            results[i].measures.update({f"{level}.{name}": round(value, 6) for name, value in values.items()})
    return results


def _by(names: Sequence[str | None], results: Sequence[Result]) -> dict[str, Figures]:
    """Figures by language or kind, the names sorted."""
    groups: dict[str, list[Result]] = {}
    for name, result in zip(names, results, strict=True):
        if name is not None:
            groups.setdefault(name, []).append(result)
    return {name: figures_of(groups[name]) for name in sorted(groups)}


def _version() -> str:
    try:
        return version("yinju")
    except PackageNotFoundError:
        return "unknown"
