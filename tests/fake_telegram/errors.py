"""The refusals of the Bot API, in the words of the real server.

The words matter: clients tell one 400 from another by them alone. A newcomer's mistake is to tidy them.
"""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer with `ok: false`; `parameters` is the object of that name in the answer."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | ({"parameters": self.parameters} if self.parameters else {})

    def headers(self) -> dict[str, str]:
        wait = self.parameters.get("retry_after")
        return {} if wait is None else {"Retry-After": str(wait)}


def bad_request(what: str, **parameters: int) -> ApiError:
    return ApiError(400, f"Bad Request: {what}", **parameters)


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized")


def blocked() -> ApiError:
    return ApiError(403, "Forbidden: bot was blocked by the user")


def kicked(chat_type: str) -> ApiError:
    return ApiError(403, f"Forbidden: bot was kicked from the {chat_type} chat")


def deactivated() -> ApiError:
    return ApiError(403, "Forbidden: user is deactivated")


def migrated(new_chat_id: int) -> ApiError:
    return bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=new_chat_id)


def chat_not_found() -> ApiError:
    return bad_request("chat not found")


def message_not_found(purpose: str) -> ApiError:
    """`purpose` is what the message was wanted for: "to edit", "to be replied", "to delete"."""
    return bad_request(f"message {purpose} not found")


def not_modified() -> ApiError:
    return bad_request(
        "message is not modified: specified new message content and reply markup are exactly the same as a current"
        " content and reply markup of the message"
    )


def stale_query() -> ApiError:
    return bad_request("query is too old and response timeout expired or query ID is invalid")


def method_not_found() -> ApiError:
    return ApiError(404, "Not Found: method not found")


def other_poller() -> ApiError:
    return ApiError(
        409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )


def webhook_is_active() -> ApiError:
    return ApiError(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )


def too_many_requests(retry_after: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
