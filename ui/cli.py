"""The command line: data on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.messages import PageMessage
from ui.terminal import answer_text, hit_text, say, show, summarise

if TYPE_CHECKING:
    from corpus import ReadAlready
    from embeddings import RebuildReport
    from rag import Settings

__all__ = ["app", "main"]

app = typer.Typer(
    name="yinju",
    help="引据 Yinju: ask questions of your documents, and get answers that cite the exact passage they rest on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

InDocument = Annotated[list[str] | None, typer.Option("--document", help="Ask only this document (an id).")]
InFolder = Annotated[list[str] | None, typer.Option("--folder", help="Ask only documents in this folder.")]
FromSource = Annotated[list[str] | None, typer.Option("--source", help="Ask only what this publisher published.")]
InLanguage = Annotated[list[str] | None, typer.Option("--language", help="Ask only this language: zh, zh-Hant, en.")]
ByAuthor = Annotated[list[str] | None, typer.Option("--author", help="Ask only what this author wrote.")]
WithNumber = Annotated[list[str] | None, typer.Option("--number", help="Ask only the document of this number (文号).")]
Since = Annotated[str | None, typer.Option("--from", help="Ask only what was published since (2023, 2023-05-01).")]
Until = Annotated[str | None, typer.Option("--to", help="Ask only what was published until then.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
_DEBUG = False
_BUSY_SECONDS = 1.0  # between tries while another rebuild is at work


@app.callback()
def _options(debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False) -> None:
    global _DEBUG  # noqa: PLW0603 - read once, by main(), after the command has failed
    _DEBUG = debug


@app.command()
def chat(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 7860,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = False,
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is every one of this computer.")] = (
        "127.0.0.1"
    ),
    auth_file: Annotated[Path | None, typer.Option(help="Let in the users of this file; see 'yinju user'.")] = None,
    allow_open: Annotated[bool, typer.Option("--allow-open", help="Let in everybody who reaches --host.")] = False,
    name: Annotated[list[str] | None, typer.Option(help="A host name by which the page is reached.")] = None,
    questions_per_minute: Annotated[
        int | None, typer.Option(min=1, help="How many each user may ask (30 where others can reach the page).")
    ] = None,
    upload_mb: Annotated[int, typer.Option(min=1, max=256, help="The largest file that can be added.")] = 64,
    proxy: Annotated[
        list[str] | None, typer.Option(help="The address of a reverse proxy whose X-Forwarded-For is believed.")
    ] = None,
) -> None:
    """Serve the web page on 127.0.0.1, building the index first if there is none.

    Example: yinju chat --port 8000

    For others: yinju chat --host 0.0.0.0 --auth-file users.txt
    """
    from embeddings import IndexMissing, open_index
    from ui.web.server.app import serve

    settings = _settings()
    try:
        open_index(settings.index_location).close()
    except IndexMissing:
        say(f"Building the index of {settings.library.folder} (the first time only).")
        summarise(_rebuild(settings))
    say(f"Starting the page at http://{host}:{port} (Ctrl-C stops it).")
    serve(
        settings,
        host,
        port,
        open_browser=open_browser,
        auth_file=auth_file,
        allow_open=allow_open,
        names=name or (),
        questions_per_minute=questions_per_minute,
        upload_mb=upload_mb,
        proxies=proxy or (),
    )


@app.command()
def user(
    name: Annotated[str, typer.Argument(help="The user's name: small letters, digits and . _ @ -")],
    auth_file: Annotated[Path, typer.Option(help="The file of users; made if there is none.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take the user out of the file.")] = False,
) -> None:
    """Add a user of the web page, or change the password; it is asked for, and kept hashed (Argon2id).

    Example: yinju user wang.li --auth-file users.txt
    """
    from ui.web.store.users import remove_user, write_user

    if remove:
        remove_user(auth_file, name)
        say(f"{name} is no longer a user in {auth_file}.")
        return
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    new = write_user(auth_file, name, password)
    say(f"{name} is {'a user' if new else 'given a new password'} in {auth_file} now.")


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    document: InDocument = None,
    folder: InFolder = None,
    source: FromSource = None,
    language: InLanguage = None,
    since: Since = None,
    until: Until = None,
    author: ByAuthor = None,
    number: WithNumber = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the documents, with its evidence.

    Example: yinju ask 济南高新区聘任了多少名首席政策官？
    """
    from rag import ask as ask_documents

    filters = _filters(document, folder, source, language, since, until, author, number)
    answer = ask_documents(question, filters=filters, settings=_settings())
    show(answer.to_dict(), answer_text(answer), as_json)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    top_k: Annotated[int, typer.Option(min=1, max=100, help="How many passages to show.")] = 10,
    document: InDocument = None,
    folder: InFolder = None,
    source: FromSource = None,
    language: InLanguage = None,
    since: Since = None,
    until: Until = None,
    author: ByAuthor = None,
    number: WithNumber = None,
    as_json: AsJson = False,
) -> None:
    """Show the passages that fit a query best.

    Example: yinju search 人才补贴 --top-k 3
    """
    from rag import Assistant

    filters = _filters(document, folder, source, language, since, until, author, number)
    hits = Assistant.from_settings(_settings(llm="extractive")).search(query, top_k, filters=filters)
    show([hit.to_dict() for hit in hits], "\n\n".join(map(hit_text, hits)) or "Nothing found.", as_json)


@app.command()
def rebuild(
    force: Annotated[bool, typer.Option("--force", help="Read and encode everything anew.")] = False,
    model: Annotated[str | None, typer.Option(help="The embedding model, instead of YINJU_EMBEDDING_MODEL.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring the index up to date with the documents folder, encoding only what is new.

    Example: yinju rebuild --force
    """
    settings = _settings() if model is None else _settings(embedding_model=model)
    report = _rebuild(settings, force=force)
    if as_json:
        show(report.to_dict(), "", as_json)
    summarise(report)


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders to copy into the library.")],
    as_json: AsJson = False,
) -> None:
    """Copy files into the documents folder and bring the index up to date.

    Example: yinju add report.txt policies/
    """
    from corpus import DocumentError, ReadAlready, Skipped
    from corpus.filenames import path_text

    settings = _settings()
    settings.library.seed()
    added: list[str] = []
    refused: list[Skipped] = []
    already = ReadAlready()
    for path in paths:
        try:
            for outcome in settings.library.take_in(path):
                if outcome.problem is None:
                    added.append(outcome.file)
                    already.keep(outcome)
                else:
                    refused.append(Skipped(outcome.file, outcome.problem))
        except DocumentError as exc:
            refused.append(Skipped(path_text(path), exc.problem))
    for skipped in refused:
        say(f"not added: {skipped.problem}")
    if not added:
        raise typer.Exit(1)
    report = _rebuild(settings, already=already)
    values = {"added": added, "refused": [asdict(skipped) for skipped in refused], "rebuild": report.to_dict()}
    show(values, "\n".join(f"added {name}" for name in added), as_json)
    summarise(report)


@app.command()
def remove(
    document_ids: Annotated[list[str], typer.Argument(help="Ids of documents, as 'yinju list' shows them.")],
    as_json: AsJson = False,
) -> None:
    """Delete documents from the documents folder and the index.

    Example: yinju remove report.txt
    """
    settings = _settings()
    for document_id in document_ids:
        settings.library.path_of(document_id)  # all or none: a wrong id leaves the others where they are
    for document_id in document_ids:
        settings.library.remove(document_id)
    report = _rebuild(settings)
    text = "\n".join(f"removed {name}" for name in document_ids)
    show({"removed": document_ids, "rebuild": report.to_dict()}, text, as_json)
    summarise(report)


@app.command("list")
def list_documents(as_json: AsJson = False) -> None:
    """List the documents in the index.

    Example: yinju list --json
    """
    from embeddings import open_index

    documents = open_index(_settings().index_location).documents()
    lines = (
        f"{summary.id}  {summary.title}  "
        f"{' '.join(filter(None, (summary.number, summary.source, summary.author, summary.published)))}  "
        f"{summary.passages} passages"
        for summary in documents
    )
    show([summary.to_dict() for summary in documents], "\n".join(lines) or "The index is empty.", as_json)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Tell what the index holds, and which files have changed since it was built.

    Example: yinju status
    """
    from rag.status import status as status_of

    found = status_of(_settings())
    show(found.to_dict(), found.describe(), as_json)


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Compare every file of the index with its checksum, and have it find some of its passages.

    Example: yinju verify
    """
    from embeddings import check_index

    results = check_index(_settings().index_dir)
    lines = []
    for result in results:
        about = (
            f"{result.generation}{' (answers)' if result.current else ''}: {result.files} files, {result.bytes:,} bytes"
        )
        lines += [
            f"{about}, {'damaged' if result.problems else 'all as written'}",
            *(f"! {p}" for p in result.problems),
        ]
    show([result.to_dict() for result in results], "\n".join(lines), as_json)
    if any(result.problems for result in results):
        say("The index is damaged: run 'yinju rebuild', or 'yinju rollback' if an older generation is whole.")
        raise typer.Exit(1)


@app.command()
def rollback(as_json: AsJson = False) -> None:
    """Have the generation before the current one answer again.

    Example: yinju rollback
    """
    from embeddings import rollback as roll_back

    settings = _settings()
    manifest = roll_back(settings.index_dir, publish_to=settings.publish_to)
    text = f"{manifest.generation} answers again: {manifest.documents} documents, built {manifest.created}."
    show(manifest.to_dict(), text, as_json)


@app.command("eval")
def evaluate(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE", help="Questions as JSON lines.")] = None,
    *,
    compare: Annotated[
        tuple[Path, Path] | None, typer.Option(metavar="A B", help="Compare two runs saved with --out instead.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="REPORT.html", help="Write a report to look at.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="RUN.json", help="Save the run, for --compare.")] = None,
    top_k: Annotated[
        int | None, typer.Option(min=1, max=100, help="Passages an answer is made from, instead of YINJU_TOP_K.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure retrieval, answers and refusals on questions whose answers are known.

    Documents in the files are indexed in a temporary folder; without any, your own index is asked.

    Example: yinju eval questions.jsonl --html report.html
    """
    if compare is not None:
        if files or html or out or top_k:
            raise typer.BadParameter("--compare takes two saved runs, and nothing else but --json.")
        _compare(*compare, as_json=as_json)
        return
    if not files:
        raise typer.BadParameter("give a file of questions, or two saved runs to --compare.")
    from rag.evaluation.questionnaire import read_questionnaire
    from rag.evaluation.run import evaluate as evaluate_questions
    from ui.progress import progress_bars
    from ui.report.html import report_html
    from ui.report.text import evaluation_text

    settings = _settings() if top_k is None else _settings(top_k=top_k)
    for path in filter(None, (html, out)):
        _check_writable(path)
    questionnaire = read_questionnaire(*files)
    with progress_bars() as progress:
        evaluation = evaluate_questions(questionnaire, settings, progress=progress)
    for warning in evaluation.warnings:
        say(f"! {warning}")
    if out is not None:
        _write(out, json.dumps(evaluation.to_dict(), ensure_ascii=False, indent=1))
    if html is not None:
        _write(html, report_html(evaluation))
    show(evaluation.to_dict(), evaluation_text(evaluation), as_json)


def main() -> None:
    """The ``yinju`` command. Exit codes: 0 done, 1 an error told in one line, 2 wrong usage."""
    try:
        app()
    except KeyboardInterrupt:
        say("Stopped.")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has gone; Python would complain about that at exit
        sys.exit(1)
    except Exception as exc:
        from corpus import YinjuError

        if _DEBUG:
            raise
        if isinstance(exc, YinjuError):
            say(f"yinju: {exc}")
        else:
            what = f"{type(exc).__name__}: {exc}"
            say(f"yinju: something unforeseen went wrong ({what}). 'yinju --debug ...' shows where.")
        sys.exit(1)


def _filters(*values: list[str] | str | None) -> dict[str, list[str] | str]:
    names = ("documents", "folders", "sources", "languages", "published_from", "published_to", "authors", "numbers")
    return {name: value for name, value in zip(names, values, strict=True) if value}


def _settings(**values: Any) -> Settings:
    from rag import Settings

    return Settings(**values)


def _compare(before: Path, after: Path, *, as_json: bool) -> None:
    from rag.evaluation.comparison import compare, read_run
    from ui.report.text import comparison_text

    comparison = compare(read_run(before), read_run(after))
    show(comparison.to_dict(), comparison_text(comparison), as_json)


def _check_writable(path: Path) -> None:
    """Told before the work is done, not after it."""
    from rag.errors import EvaluationError

    if path.is_dir() or not path.absolute().parent.is_dir():
        raise EvaluationError(PageMessage.FILE_NO_PLACE, file=path)


def _write(path: Path, text: str) -> None:
    from rag.errors import EvaluationError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise EvaluationError(PageMessage.FILE_UNWRITABLE, file=path, reason=exc.strerror or exc) from exc
    say(f"{path} is written.")


def _rebuild(settings: Settings, *, force: bool = False, already: ReadAlready | None = None) -> RebuildReport:
    from embeddings import IndexBusy
    from embeddings import rebuild as rebuild_index
    from ui.progress import progress_bars

    if settings.library.seed():
        say(f"The bundled articles are in {settings.library.folder} now.")
    told = False
    try:
        while True:
            try:
                with progress_bars() as progress:
                    return rebuild_index(
                        settings.library.folder,
                        settings.index_dir,
                        model=settings.embedding_model,
                        max_chars=settings.passage_chars,
                        force=force,
                        progress=progress,
                        publish_to=settings.publish_to,
                        follow_links=settings.follow_links,
                        already=already,
                    )
            except IndexBusy as exc:  # what was added or removed here may have come too late for the other one
                if not told:
                    say(f"{exc} This one begins when that has ended; Ctrl-C stops the waiting.")
                told = True
                time.sleep(_BUSY_SECONDS)
    except KeyboardInterrupt:
        say("The index is as it was. What has been encoded is kept, and the next 'yinju rebuild' goes on from there.")
        raise
