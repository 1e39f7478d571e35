"""What is found out about the real chat templates of the world, in a ledger.

    python -m scripts.fetch_templates
    python -m tests.conformance.chat_templates [--update]

One conversation (a system turn, two calls with their results, an answer, a question) is rendered
with each template through the dialect that is found for it. An entry says:

    dialect      its name; "generic" where tools are put into words
    native       what of calls, tools, results, several calls, a system turn the template renders
    begins       where the reply begins: in the reasoning, before it (may), or there is none
    lost         what of the conversation the prompt does not show
    digest       of the prompt, so that no change goes unnoticed
    refused      in place of these three: the template's reason
"""

import hashlib
import json
import sys
from collections import Counter
from dataclasses import asdict
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any
from unittest.mock import patch

from gallama.config import dialects
from gallama.dialect import Dialect
from gallama.errors import PlanError
from gallama.probe import find
from gallama.template import ChatTemplate
from gallama.types import Message, ToolCall, Vocabulary
from scripts.fetch_templates import FOLDER

LEDGER = Path(__file__).with_suffix(".ledger.json")

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tells the weather.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "A city."},
                "days": {"type": "integer", "description": "How many days."},
            },
            "required": ["city"],
        },
    },
}
CALLS = (
    ToolCall("call_1", "get_weather", '{"city": "Hué", "days": 2}'),
    ToolCall("call_2", "get_weather", '{"city": "Oslo"}'),
)
TALK = [
    Message("system", "Be brief."),
    Message("user", "How is the weather in both?"),
    Message("assistant", None, tool_calls=CALLS),
    Message("tool", "Rain there.", "get_weather", tool_call_id="call_1"),
    Message("tool", "Snow there.", "get_weather", tool_call_id="call_2"),
    Message("assistant", "Rain and snow."),
    Message("user", "And tomorrow?"),
]
WORDS = ["Be brief.", "How is the weather", "Hué", "Oslo", "Rain there.", "Snow there."]
WORDS += ["Rain and snow.", "And tomorrow?", "How many days."]
_NOBODY = Vocabulary((), {}, frozenset(), "", lambda text, special: [])


class _Today(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "_Today":
        return cls(2026, 1, 1, tzinfo=tz)


def run(folder: Path = FOLDER) -> dict[str, Any]:
    specs = dialects.load()
    files = sorted(folder.glob("*.jinja"))
    return {file.stem: _entry(file.read_text(encoding="utf-8"), specs) for file in files}


def _entry(template: str, specs: Any) -> dict[str, Any]:
    dialect = find(template, "auto", specs)
    native = [name for name, does in asdict(dialect.native).items() if does]
    return {"dialect": dialect.name, "native": " ".join(native), **_rendered(dialect, template)}


def _rendered(dialect: Dialect, template: str) -> dict[str, Any]:
    try:
        with patch("gallama.template.datetime", _Today):  # some templates tell the model the date
            parts = dialect.render(ChatTemplate(template, _NOBODY), TALK, [TOOL])
    except PlanError as error:
        return {"refused": str(error)}
    prompt = "".join(parts)
    return {
        "begins": dialect.reasoning(prompt),
        "lost": [word for word in WORDS if word not in prompt],
        "digest": hashlib.sha256(prompt.encode()).hexdigest()[:16],
    }


def main(arguments: list[str]) -> int:
    found = run()
    if "--update" in arguments:
        lines = (f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in found.items())
        LEDGER.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    counts = Counter("refused" if "refused" in e else e["dialect"] for e in found.values())
    for name, count in counts.most_common():
        print(f"{count:4} {name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
