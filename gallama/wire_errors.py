"""Errors as the OpenAI API spells them; shared by the gateway and the api of a worker.

{"error": {"message": ..., "type": ..., "param": ..., "code": ..., "request_id": ...}}
"""

import json
from collections.abc import Mapping
from typing import Any

_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error"}


class ApiError(Exception):
    """An answer other than 200. `param` is the path of the field that was wrong, if one was."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.param = param
        self.code = code
        self.headers = dict(headers or {})

    @property
    def type(self) -> str:
        default = "invalid_request_error" if self.status < 500 else "server_error"
        return _TYPES.get(self.status, default)

    def body(self, request_id: str) -> dict[str, Any]:
        return {
            "error": {
                "message": str(self),
                "type": self.type,
                "param": self.param,
                "code": self.code,
                "request_id": request_id,
            }
        }

    def encode(self, request_id: str) -> bytes:
        return json.dumps(self.body(request_id)).encode()

    def event(self, request_id: str) -> bytes:
        """The server-sent event that ends a stream which failed after it had begun."""
        return b"data: " + self.encode(request_id) + b"\n\n"


def unavailable(message: str, retry_after_s: int) -> ApiError:
    return ApiError(
        503, message, code="model_unavailable", headers={"Retry-After": str(retry_after_s)}
    )
