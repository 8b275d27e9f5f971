"""A server to be attacked: a process of its own on 127.0.0.1 over a temporary home, with its log and its memory."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from embeddings import rebuild
from rag import Settings
from ui.web.store.users import write_user

__all__ = ["PASSWORD", "USER", "Victim", "attacked"]

USER, PASSWORD = "mei", "correct horse battery"
_START_S = 180.0


@dataclass(frozen=True, slots=True)
class Victim:
    """The running server."""

    address: str
    home: Path
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def alive(self) -> bool:
        """Whether its process still runs."""
        return self.process.poll() is None

    def memory_mib(self, name: str = "VmRSS") -> int:
        """What it holds of memory: ``VmRSS`` with the files it has mapped, ``RssAnon`` its own, ``VmHWM`` the most."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) // 1024

    def answers(self, seconds: float = 10.0) -> bool:
        """Whether it still gives its configuration, or asks who is there, within some seconds."""
        try:
            return httpx.get(f"{self.address}/config", timeout=seconds).status_code in (200, 401, 303, 307)
        except httpx.HTTPError:
            return False

    def tracebacks(self) -> int:
        """How many tracebacks its log has."""
        return self.log.read_text(encoding="utf-8", errors="replace").count("Traceback (most recent call last)")


@contextmanager
def attacked(*, users: bool = False) -> Iterator[Victim]:
    """A server over the bundled articles, ended and deleted afterwards; with one user, ``USER``, where wanted."""
    folder = Path(tempfile.mkdtemp(prefix="yinju-attack-"))
    try:
        home = folder / "home"
        settings = Settings(home=home, llm="extractive")
        settings.library.seed()
        rebuild(settings.library.folder, settings.index_dir)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-c", "from ui.cli import main; main()", "chat", "--port", str(port)]
        command += ["--questions-per-minute", "1000000"]  # the attacks are to reach what is behind the turnstile
        if users:
            write_user(folder / "users", USER, PASSWORD)
            command += ["--auth-file", str(folder / "users")]
        log = folder / "log"
        # Its own temporary folder, so that what Gradio copies and unpacks can be looked into.
        (folder / "tmp").mkdir()
        own = {"TMPDIR": folder / "tmp", "GRADIO_TEMP_DIR": folder / "tmp" / "gradio", "YINJU_HOME": home}
        environment = {**os.environ, **{name: str(path) for name, path in own.items()}, "YINJU_LLM": "extractive"}
        with log.open("wb") as written:
            process = subprocess.Popen(command, stdout=written, stderr=written, env=environment, start_new_session=True)
        victim = Victim(f"http://127.0.0.1:{port}", home, process, log)
        try:
            deadline = time.monotonic() + _START_S
            while not victim.answers():
                if not victim.alive or time.monotonic() > deadline:
                    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.5)
            yield victim
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # with its workers; a server that hangs would not end otherwise
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
