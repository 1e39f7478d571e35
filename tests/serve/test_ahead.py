"""Grammars of recipes are compiled before anybody asks for them."""

import asyncio
from pathlib import Path

import pytest

from gallama.api.ahead import ahead
from gallama.api.chat import Chat
from gallama.api.parse import check
from gallama.api.recipes import Recipes
from gallama.api.service import Service
from gallama.api.types import ChatRequest
from gallama.backends.scripted.backend import ScriptedBackend
from gallama.config import dialects, paths
from gallama.config.schema import BackendName, ModelSpec
from gallama.engines.llguidance import LLGuidanceEngine
from gallama.guide import Guides
from gallama.probe import find
from gallama.template import CHATML, ChatTemplate
from gallama.types import Matcher, Vocabulary


class Counting(LLGuidanceEngine):
    """Counts what it compiles."""

    compiled = 0

    def compile(self, text: str, vocabulary: Vocabulary) -> Matcher:
        self.compiled += 1
        return super().compile(text, vocabulary)


def service(*folders: Path) -> tuple[Service, Counting]:
    spec = ModelSpec(backend=BackendName.scripted)
    backend, engine = ScriptedBackend(spec), Counting()
    asyncio.run(backend.load(lambda fraction: None))
    dialect = find(CHATML, "hermes", dialects.load())
    guides = Guides(dialect, engine, "llguidance", backend.vocabulary)
    template = ChatTemplate(CHATML, backend.vocabulary)
    return Service("m", backend, template, spec.sampling, guides, Recipes(folders, ("m",))), engine


def test_the_first_request_finds_it_compiled() -> None:
    served, engine = service(paths.shipped("recipes"))
    asyncio.run(ahead(served))
    before = engine.compiled
    assert before >= 8
    for name in ("cot", "yes_no", "classify", "extract", "react", "rate", "plan_and_solve"):
        filled = served.recipes.chat(
            b'{"model": "m@%s", "messages": [{"role": "user", "content": "x"}]}' % name.encode()
        )
        asyncio.run(Chat(served, check(filled.fields, ChatRequest)).plan())
    assert engine.compiled == before


def test_what_cannot_be_compiled_ahead_is_left_to_requests(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recipes = {
        "bad": "description: x\nrequest: {regex_pattern: '('}",
        "broken": "request: [",
        "needs": "description: x\nvariables: {a: {}}\nrequest: {regex_pattern: '{{ a }}'}",
        "fine": "description: x\nvariables: {a: {}}\nrequest:\n  regex_pattern: a\n"
        "  messages: [{role: user, content: '{{ a }}'}]",
    }
    for name, text in recipes.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    served, engine = service(tmp_path)
    asyncio.run(ahead(served))
    assert engine.compiled == 1
    assert "broken.yaml:1: is not YAML" in caplog.text
