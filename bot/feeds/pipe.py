"""What travels between the bot and its child processes, and the loop that such a child runs.

A frame is four bytes of length, big-endian, and that many bytes. The child sends one frame when it is ready; then each
question is two frames, a JSON object and a body, and each answer is one JSON object. A newcomer's mistake is to let a
child print: its standard output is the pipe, so `serve` hides it.
"""

import json
import math
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO, Final

FRAME_LENGTH: Final = struct.Struct(">I")
_MEMORY_BYTES: Final = 1 << 30  # an 8 MB feed of 200,000 entries took 212 MB
_ALARM_FACTOR: Final = 3  # the parent kills first; the alarm is for a child whose parent is gone

Answer = Callable[[bytes, dict[str, Any]], dict[str, Any]]


def serve(answer: Answer, deadline_seconds: float) -> None:
    """Answer questions until the parent closes the pipe, in little memory. Whatever goes wrong is an answer too."""
    questions, answers = sys.stdin.buffer, _private_stdout()
    _limit_memory()
    _write(answers, b"ready")
    while (question := _read(questions)) is not None:
        body = _read(questions) or b""
        signal.alarm(math.ceil(deadline_seconds * _ALARM_FACTOR))
        told = json.dumps(_answer(answer, body, json.loads(question)), ensure_ascii=False)
        _write(answers, told.encode("utf-8", "surrogatepass"))  # as `json.loads` reads bytes
        signal.alarm(0)


def _private_stdout() -> BinaryIO:
    """The pipe to the parent, out of reach of any library that prints."""
    pipe = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return pipe


def _limit_memory() -> None:
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = _MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(_MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _answer(answer: Answer, body: bytes, question: dict[str, Any]) -> dict[str, Any]:
    try:
        return answer(body, question)
    except Exception as error:  # noqa: BLE001  whatever this body did to the parser, the parent must hear of it
        return {"error": f"the parser failed on it ({type(error).__name__}: {error})"}


def _read(pipe: BinaryIO) -> bytes | None:
    """The next frame; None when the parent is gone or has closed its end."""
    head = pipe.read(FRAME_LENGTH.size)
    if len(head) < FRAME_LENGTH.size:
        return None
    return pipe.read(FRAME_LENGTH.unpack(head)[0])


def _write(pipe: BinaryIO, payload: bytes) -> None:
    pipe.write(FRAME_LENGTH.pack(len(payload)) + payload)
    pipe.flush()
