"""What was tried against a running page and what stands behind it, as one table; anything in it but 0 failures is one.

    python benchmarks/attack.py [--soak-seconds 600] [--users 20]

It makes a home of its own in a temporary folder, serves it on 127.0.0.1 in a process of its own, speaks to nothing
else, and stops by itself. Tried are: paths without credentials, files of this machine in every argument of every
endpoint and component, bodies that are none, adversarial strings through every function that works on a question (at
500, 1,000 and 2,000 characters: what takes more than four times as long for twice the length fails), awkward files
with their memory and time, floods, streams that are left, and a soak of many users with additions, removals and
rebuilds, whose memory is watched.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from measured import keep

from corpus import Library, Limits
from corpus.language.names import strange_names, words_with_zones
from corpus.language.negation import contradictions
from corpus.language.quantities import quantities_of
from corpus.language.script import fold
from embeddings import figure_tokens, lexical_tokens, rebuild
from rag import Settings
from rag.question.compound import parts_of
from rag.question.figures import figure_asked
from rag.question.followups import standalone
from rag.question.kinds import kind_of
from rag.question.phrases import answer_language
from rag.question.small_talk import small_talk
from rag.question.terms import content_of, terms_of
from ui.web.server.app import serve
from ui.web.store.users import write_user

QUESTION = "济南高新区聘任了多少名首席政策官？"
PASSWORD = "correct horse battery"
MOST_MIB = 1843  # 1.8 GiB
LENGTHS = (500, 1000, 2000)
MOST_GROWTH = 4.0  # from one length to the next, which is twice as long
COUNTS_FROM_S = 0.02  # what is quicker is not told apart from noise
OPEN = ("/", "/login")  # what anybody may see of a page with users: the login page
PATHS = (
    "/", "/login", "/config", "/v1/models", "/export/questions.jsonl", "/export/x.json", "/gradio_api/info",
    "/gradio_api/openapi.json", "/gradio_api/mcp/", "/gradio_api/file=/etc/hostname", "/gradio_api/startup-events",
    "/gradio_api/heartbeat/x", "/gradio_api/queue/data", "/page?id=a&page=1", "/file?id=a", "/web?id=a", "/assets/x",
    "/static/x", "/theme.css", "/../etc/passwd", "/%2e%2e/etc/passwd", "/docs", "/openapi.json", "/monitoring",
)  # fmt: skip
STRINGS = (
    "9",
    "1,",
    "9亿",
    "亿",
    "一",
    "千",
    "百分之",
    "第",
    "点一",
    "2020年",
    "10-",
    "年月日",
    "2024-04-24 ",
    "济南市高新区",
    "的",
    "不",
    "没有",
    "张三",
    "《",
    "“",
    "(",
    "（一）",
    "、",
    "？",
    "?!",
    "那呢",
    "它",
    "what about ",
    "it's ",
    "a",
    "A1-",
    "http://",
    "a@b.",
    "\ufdfa",
    "\u200b",
    "é",
    "가",
    "あ",
    "\U0001f600",
    " ",
    "\n",
    "\t",
    "…",
    "·",
    "⁄",
    "½",
    "①",
)
FUNCTIONS: dict[str, Callable[[str], Any]] = {
    "fold": fold,
    "quantities_of": quantities_of,
    "words_with_zones": words_with_zones,
    "strange_names": lambda text: strange_names(fold(text), fold(QUESTION)),
    "contradictions": lambda text: contradictions(fold(text), fold(text)),
    "lexical_tokens": lexical_tokens,
    "figure_tokens": figure_tokens,
    "kind_of": kind_of,
    "figure_asked": lambda text: figure_asked(fold(text)),
    "parts_of": parts_of,
    "standalone": lambda text: standalone(text, [("user", text), ("assistant", text), ("user", text)]),
    "answer_language": answer_language,
    "small_talk": lambda text: small_talk(text, "zh-Hans"),
    "terms_of": lambda text: terms_of(text, "zh"),
    "content_of": lambda text: content_of(text, ["zh", "en"]),
}


@dataclass
class Table:
    """What was tried, how often, and what failed."""

    rows: list[tuple[str, int, list[str]]] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def add(self, what: str, tried: int, failures: list[str]) -> None:
        """Another row, printed as it comes."""
        self.rows.append((what, tried, failures))
        print(f"{what:<58}{tried:>8}{len(failures):>6}", flush=True)
        for failure in failures[:5]:
            print(f"    {failure[:200]}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--soak-seconds", type=int, default=600)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--auth-file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(Settings(home=options.serve, llm="extractive"), port=options.port, auth_file=options.auth_file)
        return
    table = Table()
    print(f"{'tried':<58}{'times':>8}{'failed':>6}")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home", llm="extractive")
        settings.library.seed()
        rebuild(settings.library.folder, settings.index_dir)
        users = Path(folder) / "users.txt"
        names = [f"user{number}" for number in range(options.users)]
        for name in names:
            write_user(users, name, PASSWORD)
        strings(table)
        files(table, Path(folder))
        with running(settings.home, users) as (address, _):
            without_credentials(table, address)
        with running(settings.home, None) as (address, process):
            named_files(table, address, Path(folder))
            floods(table, address)
            left_streams(table, address)
            asyncio.run(soak(table, address, settings, process, options))
    failed = sum(len(failures) for *_, failures in table.rows)
    print(f"{failed} failures")
    rows = [{"tried": what, "times": tried, "failed": len(failures)} for what, tried, failures in table.rows]
    keep("attack", {"rows": rows, **table.figures}, ("gradio", "torch"))
    sys.exit(1 if failed else 0)


@contextmanager
def running(home: Path, users: Path | None) -> Iterator[tuple[str, int]]:
    """The page in a process of its own, its address and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, __file__, "--serve", str(home), "--port", str(port)]
    process = subprocess.Popen([*command, *(["--auth-file", str(users)] if users else [])])
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                httpx.get(f"{address}/login", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(30)


def strings(table: Table) -> None:
    for name, function in FUNCTIONS.items():
        failures, slowest = [], 0.0
        for piece in STRINGS:
            spent = []
            for length in LENGTHS:
                text = (piece * length)[:length]
                began = time.process_time()
                try:
                    function(text)
                except Exception as exc:  # noqa: BLE001 - whatever it is, it is what this looks for
                    failures.append(f"{piece!r} x {length}: {exc!r}")
                spent.append(time.process_time() - began)
            slowest = max(slowest, spent[-1])
            if spent[2] > COUNTS_FROM_S and spent[1] > COUNTS_FROM_S / 4 and spent[2] > MOST_GROWTH * spent[1]:
                failures.append(f"{piece!r}: {[round(one, 3) for one in spent]} s")
            if spent[2] > 1:
                failures.append(f"{piece!r}: {spent[2]:.1f} s for {LENGTHS[2]} characters")
        table.add(f"adversarial strings: {name} (slowest {slowest * 1000:.0f} ms)", 3 * len(STRINGS), failures)


def files(table: Table, folder: Path) -> None:
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from PIL import Image
    from test_corpus_attacks import many_paragraphs, nested_forms

    odd = folder / "odd"
    odd.mkdir()
    (odd / "good.txt").write_text(QUESTION, encoding="utf-8")
    (odd / "forms.pdf").write_bytes(nested_forms())
    (odd / "many.docx").write_bytes(many_paragraphs(300_000))
    (odd / "deep.json").write_text("[" * 200_000)
    (odd / "deep.html").write_text("<div>" * 200_000 + "x")
    (odd / "digits.txt").write_text("9" * 200_000)
    Image.new("L", (9_900, 9_900), 255).save(odd / "blank.png")
    for path in sorted(odd.iterdir()):
        began, failures = time.perf_counter(), []
        (outcome,) = Library(odd).read([path], workers=1, limits=Limits(processor_seconds=60, read_seconds=300))
        spent = time.perf_counter() - began
        if outcome.problem and "Traceback" in outcome.problem:
            failures.append(outcome.problem)
        if path.name == "good.txt" and not outcome.was_read:
            failures.append(str(outcome.problem))
        table.add(f"awkward file: {path.name} ({path.stat().st_size:,} bytes, {spent:.1f} s)", 1, failures)


def without_credentials(table: Table, address: str) -> None:
    failures = []
    methods = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
    for path in PATHS:
        for method in methods:
            response = httpx.request(method, address + path, timeout=30)
            right = (200, 401, 405) if path in OPEN else (401, 404, 400)
            if response.status_code not in right or ("Yinju" in response.text and path not in OPEN):
                failures.append(f"{method} {path}: {response.status_code}")
    table.add("paths without credentials", len(PATHS) * len(methods), failures)


def named_files(table: Table, address: str, folder: Path) -> None:
    secret = folder / "secret.txt"
    secret.write_text("hunter2")
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from test_ui_requests import calls, file_data

    tried, failures = 0, []
    for path in (str(secret), "/etc/passwd", "http://127.0.0.1:9/x", f"{tempfile.gettempdir()}/gradio/../x"):
        for value in (file_data(path), {"filters": [file_data(path, url=path)]}):
            for response in calls(address, value):
                tried += 1
                if response.status_code not in (400, 404) or "hunter2" in response.text:
                    failures.append(f"{response.request.url}: {response.status_code} for {path}")
    table.add("files of this machine in every argument", tried, failures)


def floods(table: Table, address: str) -> None:
    body = {"messages": [{"role": "user", "content": QUESTION}]}

    async def flood() -> list[int]:
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=500), timeout=300) as client:
            asked = [client.post(f"{address}/v1/chat/completions", json=body) for _ in range(500)]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    told = asyncio.run(flood())
    failures = [str(status) for status in told if status not in (200, 429)]
    after = httpx.post(f"{address}/v1/chat/completions", json=body, timeout=60).status_code
    table.add("questions at once", len(told) + 1, failures + ([str(after)] if after != 200 else []))


def left_streams(table: Table, address: str) -> None:
    body = {"messages": [{"role": "user", "content": QUESTION}], "stream": True}
    for _ in range(40):
        with httpx.stream("POST", f"{address}/v1/chat/completions", json=body, timeout=60) as response:
            next(response.iter_lines(), None)
    body["stream"] = False
    after = httpx.post(f"{address}/v1/chat/completions", json=body, timeout=60).status_code
    table.add("streams that are left", 41, [str(after)] if after != 200 else [])


async def soak(table: Table, address: str, settings: Settings, process: int, options: argparse.Namespace) -> None:
    """Users who ask, search and talk on, while documents come and go and the index is rebuilt beside."""
    until, failures, asked = time.monotonic() + options.soak_seconds, [], 0
    memory: list[int] = []
    limits = httpx.Limits(max_connections=4 * options.users)

    async def person(number: int, client: httpx.AsyncClient) -> None:
        nonlocal asked
        chance = random.Random(number)
        questions = (
            QUESTION,
            "人才补贴多少钱",
            "What did the zone appoint?",
            "那2023年呢？",
            "9" * 40,
            "它有哪些平台？",
        )
        while time.monotonic() < until:
            messages = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "39名。"}]
            messages.append({"role": "user", "content": chance.choice(questions)})
            body = {"messages": messages, "stream": chance.random() < 0.5}
            response = await client.post(f"{address}/v1/chat/completions", json=body)
            asked += 1
            if response.status_code not in (200, 429) or ('"error"' in response.text and response.status_code == 200):
                failures.append(f"{response.status_code}: {response.text[:150]}")
            await asyncio.sleep(chance.random())

    async def librarian() -> None:
        number = 0
        while time.monotonic() < until:
            number += 1
            name = settings.library.folder / f"soak{number % 7}.txt"
            text = "\n".join(f"第{number}份通知第{i}条：补贴{number * i}元。" for i in range(200))
            name.write_text(text, encoding="utf-8")
            command = [sys.executable, "-c", "from ui.cli import main; main()", "rebuild"]
            home = {**os.environ, "YINJU_HOME": str(settings.home)}
            run = await asyncio.create_subprocess_exec(
                *command, env=home, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=Path(__file__).parent.parent
            )
            _, said = await run.communicate()
            if run.returncode:
                failures.append(f"rebuild: {said.decode()[-150:]}")
            await asyncio.sleep(5)

    async def watch() -> None:
        while time.monotonic() < until:
            memory.append(_resident_mib(process))
            await asyncio.sleep(2)

    async with httpx.AsyncClient(timeout=300, limits=limits) as client:
        await asyncio.gather(*(person(number, client) for number in range(options.users)), librarian(), watch())
    table.figures["soak"] = {
        "users": options.users, "seconds": options.soak_seconds, "questions": asked,
        "memory_mib": {"begin": memory[0], "half": memory[len(memory) // 2], "end": memory[-1], "most": max(memory)},
    }  # fmt: skip
    print(json.dumps(table.figures["soak"]))
    if max(memory) > MOST_MIB:
        failures.append(f"{max(memory)} MiB of memory, more than {MOST_MIB}")
    table.add(f"soak: {options.users} users, {options.soak_seconds} s (at most {max(memory)} MiB)", asked, failures)


def _resident_mib(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
