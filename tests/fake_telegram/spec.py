"""What the documentation says of every method: its parameters and what it returns, taken from aiogram's models.

aiogram allows unknown fields everywhere; this module does not, because a misspelt parameter is silently ignored by the
real server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType
from typing import Any, get_args

import aiogram.methods
from aiogram.client.default import Default
from aiogram.methods.base import TelegramMethod
from pydantic import BaseModel, TypeAdapter, ValidationError

from tests.fake_telegram.errors import ApiError, method_not_found

Method = type[TelegramMethod[Any]]
Json = dict[str, Any]

ERRORS_SHOWN = 3


class SpecError(ApiError):
    """A request that the documentation does not allow, or an answer of ours that it does not."""

    def __init__(self, what: str) -> None:
        super().__init__(400, f"Bad Request: [fake] {what}")


def _documented() -> Iterator[tuple[str, Method]]:
    for name in aiogram.methods.__all__:
        method = getattr(aiogram.methods, name)
        if isinstance(api_name := getattr(method, "__api_method__", None), str):
            yield api_name.lower(), method


METHODS: dict[str, Method] = dict(_documented())


def method_named(name: str) -> Method:
    """Names are compared without case, as the real server does."""
    try:
        return METHODS[name.lower()]
    except KeyError:
        raise method_not_found() from None


def parameters_of(method: Method, raw: Mapping[str, Any]) -> Json:
    """The parameters as JSON values. Forms carry everything as text: numbers and objects arrive written as JSON."""
    known = {field.alias or name: field for name, field in method.model_fields.items()}
    if unknown := sorted(raw.keys() - known.keys()):
        raise SpecError(f"unknown parameters {unknown}")
    return {name: value if _is_text(known[name].annotation) else _from_form(value) for name, value in raw.items()}


def check_request(method: Method, parameters: Json) -> None:
    try:
        method.model_validate(parameters)
    except ValidationError as error:
        raise SpecError(_first_errors(error)) from error


def check_answer(method: Method, answer: Any) -> None:
    try:
        read = _answers_of(method).validate_python(answer)
    except ValidationError as error:
        raise SpecError(f"the answer is no {method.__returning__}: {_first_errors(error)}") from error
    if undocumented := sorted(_undocumented(read)):
        raise SpecError(f"the answer has undocumented fields {undocumented}")


@cache
def _answers_of(method: Method) -> TypeAdapter[Any]:
    """Made once: it costs more than all else of a call."""
    return TypeAdapter(method.__returning__)


def _is_text(annotation: Any) -> bool:
    kinds = set(get_args(annotation) or (annotation,)) - {NoneType, Default}
    return kinds == {str}


def _from_form(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _undocumented(read: Any) -> Iterator[str]:
    if isinstance(read, list):
        for item in read:
            yield from _undocumented(item)
    if isinstance(read, BaseModel):
        yield from read.model_extra or ()
        for name in read.model_fields_set:
            yield from _undocumented(getattr(read, name))


def _first_errors(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:ERRORS_SHOWN])
