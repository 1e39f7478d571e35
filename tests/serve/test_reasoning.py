"""A model that opens its reasoning by itself, asked for nothing in particular.

The scripted model says what it is told; its chat template knows of <think>.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from gallama.backends.scripted.backend import CHAT_TEMPLATE
from tests.serving import Server, home, running

SAYS = {
    "thinks": "<think>\nHué?\n</think>\n\nA cat.",
    "thinks twice": "<think>a</think><think>b</think>c",
    "never ends": "<think>Hm, é",
    "says nothing": "<think>a</think>",
    "speaks": "A <think> is a tag.",
}
TEMPLATE = CHAT_TEMPLATE + "{% if enable_thinking %}<think>{% endif %}"


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("reasoning")
    template = folder / "template.jinja"
    template.write_text(TEMPLATE, encoding="utf-8")
    replies = [{"when": f"user\n{when}<", "say": say} for when, say in SAYS.items()]
    model = {
        "backend": "scripted",
        "chat_template": str(template),
        "scripted": {"replies": replies},
    }
    with running("models=mine", env=home(folder, tiny=model)) as server:
        yield server


def ask(server: Server, content: str, **options: Any) -> tuple[str | None, str | None, str]:
    """Reasoning, content and the end; streamed and not, which must be the same."""
    create = server.client.chat.completions.create
    options = {"model": "tiny", "messages": [{"role": "user", "content": content}], **options}
    choice = create(**options).choices[0]
    message = choice.message
    whole = (getattr(message, "reasoning_content", None), message.content, choice.finish_reason)
    thought, words, finish = "", "", ""
    for event in create(stream=True, **options):
        delta = event.choices[0].delta
        thought += getattr(delta, "reasoning_content", "") or ""
        words += delta.content or ""
        finish = event.choices[0].finish_reason or finish
    assert (thought or None, words, finish) == whole
    return whole


# what is asked, options, the reasoning, the content, the end
ASKED: list[tuple[str, dict[str, Any], str | None, str, str]] = [
    ("thinks", {}, "Hué?\n", "A cat.", "stop"),
    ("thinks", {"stop": ["Hu", "cat"]}, "Hué?\n", "A ", "stop"),
    ("thinks", {"max_tokens": 6}, "Hué", "", "length"),
    ("thinks twice", {}, "a", "<think>b</think>c", "stop"),
    ("never ends", {}, "Hm, é", "", "stop"),
    ("says nothing", {}, "a", "", "stop"),
    ("speaks", {}, None, "A <think> is a tag.", "stop"),
    ("and echoes", {}, None, "and echoes", "stop"),
]


@pytest.mark.parametrize(("asked", "options", "reasoning", "content", "end"), ASKED)
def test_it_goes_to_reasoning_content(
    scripted: Server,
    asked: str,
    options: dict[str, Any],
    reasoning: str | None,
    content: str,
    end: str,
) -> None:
    assert ask(scripted, asked, **options) == (reasoning, content, end)


def test_it_is_no_matter_of_completions(scripted: Server) -> None:
    """A raw prompt has a raw reply."""
    answer = scripted.client.completions.create(
        model="tiny", prompt="<|im_start|>user\nthinks<|im_end|>", max_tokens=100
    )
    assert answer.choices[0].text == SAYS["thinks"]


def test_log_probabilities_are_of_all_that_is_said(scripted: Server) -> None:
    """Reasoning and tags, too; each when its text is out."""
    choice = scripted.client.chat.completions.create(
        model="tiny", messages=[{"role": "user", "content": "thinks"}], logprobs=True
    ).choices[0]
    assert choice.logprobs is not None
    entries = choice.logprobs.content or []
    assert b"".join(bytes(e.bytes or b"") for e in entries).decode() == SAYS["thinks"]
