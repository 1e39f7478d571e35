"""The description that is served, against the types, against every kind of answer, and as what
schemathesis makes requests of."""

import copy
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from gallama.api import answers, openapi
from gallama.serve import events, gateway
from tests.serve.conftest import TINY
from tests.serving import Server, running

DESCRIPTION: dict[str, Any] = json.loads(openapi.FILE.read_bytes())
CHAT = {
    "model": "tiny",
    "messages": [{"role": "user", "content": "Tell me a story about a Llama"}],
    "max_tokens": 8,
}
TEXT = {"model": "tiny", "prompt": "Once upon a time", "max_tokens": 8}


def test_the_file_is_what_the_types_say() -> None:
    assert openapi.FILE.read_bytes() == openapi.encoded(), "run: python -m gallama.api.openapi"


def test_what_is_spelled_twice_is_spelled_alike() -> None:
    assert set(get_args(answers.ModelState)) == set(get_args(events.State))
    assert set(gateway.PROXIED) < DESCRIPTION["paths"].keys()


def test_it_is_served(tiny: Server) -> None:
    with urllib.request.urlopen(tiny.url + "/openapi.json") as answer:
        assert answer.headers["content-type"] == "application/json"
        assert answer.read() == openapi.FILE.read_bytes()


def ask(server: Server, path: str, body: Any) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(server.url + path, data, headers)
        ) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def check(kind: Any, text: str) -> None:
    """`text` is of the kind, has no field that it has not, and all in its order."""
    value = TypeAdapter(kind).validate_json(text, strict=True, extra="forbid")
    assert json.dumps(value) == json.dumps(json.loads(text))
    reference = {"$ref": f"#/components/schemas/{kind.__name__}"}
    components = {"components": DESCRIPTION["components"]}
    Draft202012Validator({**reference, **components}).validate(json.loads(text))


# a path, a body, and the kind of the answer
ANSWERS: list[tuple[str, Any, Any]] = [
    ("/v1/chat/completions", CHAT, answers.ChatCompletion),
    ("/v1/chat/completions", {**CHAT, "n": 2}, answers.ChatCompletion),
    ("/v1/chat/completions", {**CHAT, "logprobs": True}, answers.ChatCompletion),
    ("/v1/chat/completions", {**CHAT, "logprobs": True, "top_logprobs": 2}, answers.ChatCompletion),
    ("/v1/completions", TEXT, answers.Completion),
    ("/v1/completions", {**TEXT, "logprobs": 2, "echo": True, "best_of": 2}, answers.Completion),
    ("/tokenize", {"model": "tiny", "prompt": "hi"}, answers.Tokenized),
    ("/tokenize", {"model": "tiny", "messages": CHAT["messages"]}, answers.Tokenized),
    ("/detokenize", {"model": "tiny", "tokens": [1, 300]}, answers.Detokenized),
    ("/v1/models", None, answers.ModelList),
    ("/v1/models/tiny", None, answers.ModelCard),
    ("/v1/models/tiny@cot", None, answers.ModelCard),
    ("/v1/recipes", None, answers.RecipeList),
    ("/health", None, answers.Health),
    ("/v1/models/other", None, answers.Error),
    ("/v1/models/tiny@other", None, answers.Error),
    ("/v1/chat/completions", None, answers.Error),
    ("/v1/chat/completions", {**CHAT, "n": 0}, answers.Error),
    ("/v1/completions", {**TEXT, "model": "other"}, answers.Error),
]


@pytest.mark.parametrize(("path", "body", "kind"), ANSWERS)
def test_an_answer(tiny: Server, path: str, body: Any, kind: Any) -> None:
    status, text = ask(tiny, path, body)
    assert (status == 200) == (kind is not answers.Error)
    check(kind, text)


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [row for row in ANSWERS if row[2] in (answers.ChatCompletion, answers.Completion)],
)
def test_a_stream(tiny: Server, path: str, body: Any, kind: Any) -> None:
    event = answers.ChatChunk if kind is answers.ChatCompletion else kind
    options = {"stream": True, "stream_options": {"include_usage": True}}
    _, text = ask(tiny, path, {key: v for key, v in body.items() if key != "best_of"} | options)
    *parts, done, rest = text.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    assert len(parts) > 3
    for part in parts:
        check(event, part.removeprefix("data: "))


# Some 15 seconds of processor time, and no more than 30 by the clock. That all that fits the
# description is taken cannot be asked: it knows no model's context.
SCHEMATHESIS = """run openapi.json --mode all --phases coverage --workers 4 --max-time 30 --no-color
    --generation-deterministic --exclude-checks positive_data_acceptance"""


def test_what_schemathesis_makes_of_it(tmp_path: Path) -> None:
    """No 5xx, every answer as described, and what is not described is refused."""
    description = copy.deepcopy(DESCRIPTION)
    for name, schema in description["components"]["schemas"].items():
        if "model" in schema.get("required", ()) and name != "RecipeCard":
            schema["properties"]["model"] = {"const": "tiny"}
    (tmp_path / "openapi.json").write_text(json.dumps(description))
    with running(*TINY, "models.tiny.sampling.max_tokens=1") as server:
        command = [sys.executable, "-m", "schemathesis.cli", *SCHEMATHESIS.split()]
        run = subprocess.run(
            [*command, "--url", server.url], capture_output=True, text=True, cwd=tmp_path
        )
        assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
        assert re.search(r"(\d{2,}) generated, \1 passed", run.stdout)
        assert ask(server, "/v1/chat/completions", CHAT)[0] == 200
