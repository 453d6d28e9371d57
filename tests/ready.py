"""Commands of `tocsin`, each in a process of its own that is ready at once: it is forked off one that waits.

A newcomer's mistake is to use this where the start of Python itself is the story: that is for tests.service.processes.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import bot
from bot.rulebook import load, shipped_rules
from tests.remembering import parse_once
from tests.service.processes import ROOT, environment

LONGEST_ORDER = 65536  # bytes
TAKEN = b"."
NOT_NEEDED = ("bot.__main__", "bot.pictures", "bot.shipped", "bot.store.migrations")
STREAMS = 3
PATIENCE_SECONDS = 30


# ---------------------------------------------------------------- who orders
class ReadyPython:
    """Ended with the process that made it."""

    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair()
        self._one_at_a_time = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.ready", str(theirs.fileno())],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, cwd=ROOT, env=environment(),
            )  # fmt: skip
        atexit.register(self._end)

    def tocsin(
        self, folder: Path, arguments: Sequence[str], given: bytes, env: Mapping[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command to its end; its status is -14 where that took longer than anybody waits."""
        order = json.dumps({"folder": str(folder), "arguments": arguments, "env": dict(env)}).encode()
        with ExitStack() as files:
            said, out, err = streams = [files.enter_context(tempfile.TemporaryFile()) for _ in range(STREAMS)]
            said.write(given)
            said.seek(0)
            status = self._ordered(order, [stream.fileno() for stream in streams])
            for stream in (out, err):
                stream.seek(0)
            return subprocess.CompletedProcess(list(arguments), status, out.read(), err.read())

    def _ordered(self, order: bytes, streams: Sequence[int]) -> int:
        ended, end = os.pipe()
        with os.fdopen(ended, "rb") as answer:
            with self._one_at_a_time, os.fdopen(end, "wb"):
                socket.send_fds(self._orders, [order], [*streams, end])
                assert self._orders.recv(1) == TAKEN
            return int(answer.read())

    def _end(self) -> None:
        self._orders.close()
        self._process.wait()


@cache
def ready_python() -> ReadyPython:
    """The one of this process."""
    return ReadyPython()


# ---------------------------------------------------------------- who is ready
def main() -> None:
    _get_ready()
    if _is_to_run(socket.socket(fileno=int(sys.argv[1]))):
        os._exit(_status())


def _status() -> int:
    """Run the command to its end, threads and handlers included; to take all that was ready apart is left out."""
    status: object = 0
    try:
        runpy.run_module("bot", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        status = end.code
    except BaseException:  # noqa: BLE001  as Python itself would
        traceback.print_exc()
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return status if isinstance(status, int) else int(status is not None)


def _get_ready() -> None:
    """Import everything, and parse what is shipped."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if not module.name.startswith(NOT_NEEDED):
            importlib.import_module(module.name)
    parse_once()
    load(shipped_rules())
    gc.freeze()  # what all have in common is not copied by looking for litter in it


def _is_to_run(orders: socket.socket) -> bool:
    """True in every process that is to carry out an order; False at last, where they are taken."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the watchers
    while True:
        order, passed, _, _ = socket.recv_fds(orders, LONGEST_ORDER, STREAMS + 1)
        if not order:
            return False
        orders.sendall(TAKEN)
        if os.fork() == 0:
            *streams, end = passed
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            if (child := os.fork()) == 0:
                _become(json.loads(order), streams)
                return True
            _watch(child, end)
        for each in passed:
            os.close(each)


def _watch(child: int, end: int) -> None:
    _, status = os.waitpid(child, 0)
    os.write(end, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(order: dict[str, object], streams: Sequence[int]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(STREAMS, max(streams) + LONGEST_ORDER)
    os.chdir(str(order["folder"]))
    arguments, env = order["arguments"], order["env"]
    assert isinstance(arguments, list)
    assert isinstance(env, dict)
    sys.argv[1:] = arguments
    os.environ.clear()
    os.environ.update(env)
    signal.alarm(PATIENCE_SECONDS)


if __name__ == "__main__":
    main()
