"""Server-sent events as OpenAI sends them."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

DONE = b"data: [DONE]\n\n"


def event(data: Mapping[str, Any]) -> bytes:
    return b"data: " + encode(data) + b"\n\n"


def encode(data: Mapping[str, Any]) -> bytes:
    """Five times as fast as `json`, which would be most of what a token costs."""
    return to_json(data)
