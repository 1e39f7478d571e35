"""What the scripted model says."""

import time

import pytest

from gallama.backends.scripted.backend import ScriptedBackend
from gallama.config.schema import ModelSpec, ScriptedSpec
from gallama.errors import LoadError
from gallama.types import Sampling
from tests.backends.replies import chat, complete

pytestmark = pytest.mark.anyio

TOOL_CALL = '<tool_call>\n{"name": "weather", "arguments": {}}\n</tool_call>'


async def loaded(*replies: dict[str, str], **settings: float) -> ScriptedBackend:
    scripted = ScriptedSpec(list(replies), **settings)
    backend = ScriptedBackend(ModelSpec(scripted=scripted))
    await backend.load(lambda part: None)
    return backend


async def said(backend: ScriptedBackend, prompt: list[int]) -> str:
    words = backend.vocabulary
    tokens = (await complete(backend, prompt, Sampling(temperature=2))).tokens
    assert tokens[-1] == words.eos
    return b"".join(words.pieces[token] for token in tokens).decode()


async def test_the_first_reply_that_fits() -> None:
    backend = await loaded(
        {"when": "[Ww]eather", "say": TOOL_CALL},
        {"when": "weather|cat", "say": "Meow é\U0001f999"},
    )
    assert await said(backend, chat(backend, "Weather?")) == TOOL_CALL
    assert await said(backend, chat(backend, "My cat")) == "Meow é\U0001f999"
    assert await said(backend, chat(backend, "My dog")) == "My dog"


async def test_tags_it_says_are_special_tokens() -> None:
    backend = await loaded({"say": TOOL_CALL})
    reply = await complete(backend, chat(backend, "x"), Sampling())
    special = backend.vocabulary.special
    assert [t for t in reply.tokens if t >= 256] == [
        special["<tool_call>"],
        special["</tool_call>"],
        special["<|im_end|>"],
    ]


async def test_it_says_the_last_user_message_back() -> None:
    backend = await loaded()
    prompt = chat(backend, "one") + backend.vocabulary.encode("1<|im_end|>\n", True)
    assert await said(backend, prompt + chat(backend, "two\nlines")) == "two\nlines"
    assert await said(backend, backend.vocabulary.encode("no chat", True)) == "no chat"


async def test_it_takes_its_time() -> None:
    begun = time.monotonic()
    seen: list[float] = []
    backend = ScriptedBackend(
        ModelSpec(scripted=ScriptedSpec([{"say": "ab"}], load_seconds=0.1, step_seconds=0.05))
    )
    await backend.load(seen.append)
    assert time.monotonic() - begun >= 0.09
    assert len(seen) > 5
    await complete(backend, [65], Sampling())
    assert time.monotonic() - begun >= 0.09 + 3 * 0.045


@pytest.mark.parametrize("reply", [{"when": "("}, {"when": "(", "say": "x"}, {"says": "x"}])
async def test_replies_that_make_no_sense(reply: dict[str, str]) -> None:
    with pytest.raises(LoadError, match=r"scripted\.replies\[1\]"):
        await loaded({"say": "fine"}, reply)
