"""Server-sent events as OpenAI sends them."""

import json
from collections.abc import Mapping
from typing import Any

DONE = b"data: [DONE]\n\n"

# Made once: json.dumps with other than its default options makes one a call.
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def event(data: Mapping[str, Any]) -> bytes:
    return b"data: " + encode(data) + b"\n\n"


def encode(data: Mapping[str, Any]) -> bytes:
    return _JSON.encode(data).encode()
