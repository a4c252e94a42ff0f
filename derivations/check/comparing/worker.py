"""The worker: a process of its own that reads and decides, with limits of time and memory, replaced when it overruns them.

It is started as `python -m derivations.check.comparing.worker module:function bytes`, imports everything, and only then takes on
its limits. Requests and answers are pickled over its pipes; only this package writes them. It serves any number of requests, so
that its start is paid once.
"""

from __future__ import annotations

import atexit
import os
import pickle
import select
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any

MEMORY = 2_000_000_000
"""Bytes of address space beyond what the imports took."""
SECONDS = 10.0
"""Default wall-clock limit of one comparison."""
START_SECONDS = 60.0
COMPARING = "derivations.check.compare:answer"
"""What a worker serves when nothing else is said."""
_HEADER = struct.Struct("!I")


class WorkerTimeout(Exception):
    """A request took longer than its limit; its worker is gone."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"no answer within {seconds:g} s")


class WorkerDied(Exception):
    """The worker ended before it answered: out of memory, most likely."""

    def __init__(self, returncode: int | None) -> None:
        self.returncode = returncode
        super().__init__(f"the worker ended with code {returncode}")


@dataclass
class Worker:
    """A running worker process."""

    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, serving: str = COMPARING, memory: int = MEMORY) -> Worker:
        """Start a process and wait until it has imported everything. serving: the function that answers, as module:name.

        Raises: WorkerTimeout, WorkerDied.
        """
        environment = dict(os.environ)
        environment["PYTHONPATH"] = os.pathsep.join(path or os.getcwd() for path in sys.path)
        process = subprocess.Popen(
            [sys.executable, "-m", "derivations.check.comparing.worker", serving, str(memory)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True,
        )  # fmt: skip
        worker = cls(process)
        worker._receive(START_SECONDS)
        return worker

    def ask(self, request: Any, seconds: float) -> Any:
        """The answer to one request. Raises: WorkerTimeout, WorkerDied."""
        assert self.process.stdin is not None
        try:
            _send(self.process.stdin, request)
        except (BrokenPipeError, ValueError):
            raise WorkerDied(self.process.poll()) from None
        return self._receive(seconds)

    def _receive(self, seconds: float) -> Any:
        stream = self.process.stdout
        assert stream is not None
        ready, _, _ = select.select([stream], [], [], seconds)
        if not ready:
            self.stop()
            raise WorkerTimeout(seconds)
        try:
            return _load(stream)
        except EOFError:
            self.process.wait()
            raise WorkerDied(self.process.returncode) from None

    def stop(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


def _send(stream: IO[bytes], message: Any) -> None:
    data = pickle.dumps(message)
    stream.write(_HEADER.pack(len(data)) + data)
    stream.flush()


def _load(stream: IO[bytes]) -> Any:
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        raise EOFError
    return pickle.loads(stream.read(_HEADER.unpack(header)[0]))


_lock = threading.Lock()
_current: list[Worker] = []


def ask(request: Any, seconds: float = SECONDS) -> Any:
    """The answer of the one worker of this process, started when first needed. Raises: WorkerTimeout, WorkerDied."""
    with _lock:
        if _current and (_current[0].process.poll() is not None or _current[0].process.stdin is None):
            _current.pop()
        if not _current:
            _current.append(Worker.start())
        try:
            return _current[0].ask(request, seconds)
        except (WorkerTimeout, WorkerDied):
            _current.pop()
            raise


@atexit.register
def stop() -> None:
    """End the worker, when there is one."""
    with _lock:
        while _current:
            _current.pop().stop()


def _serve(serving: str, memory: int) -> None:
    """Answer requests until the other side goes away."""
    module, _, name = serving.partition(":")
    answer = getattr(import_module(module), name)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    sys.stdout = sys.stderr  # nothing printed may get between the answers
    _limit_memory(memory)
    _send(answers, "ready")
    while True:
        try:
            request = _load(requests)
        except EOFError:
            return
        _send(answers, answer(*request))


def _limit_memory(memory: int) -> None:
    try:
        import resource
    except ImportError:  # not on this system
        return
    with open("/proc/self/statm", encoding="ascii") if os.path.exists("/proc/self/statm") else open(os.devnull) as pages:
        used = int((pages.read().split() or ["0"])[0]) * 4096
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    try:
        _serve(sys.argv[1], int(sys.argv[2]))
    except BrokenPipeError:  # nobody waits for the answer any more
        os._exit(1)
