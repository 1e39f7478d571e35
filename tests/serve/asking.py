"""Asking a server with the official client, streamed or not, for the same kind of answer."""

import inspect
from dataclasses import dataclass, field
from typing import Any

from openai.resources.chat import Completions as ChatResource
from openai.resources.completions import Completions as TextResource
from openai.types import CompletionUsage

from tests.serving import Server


@dataclass
class Choice:
    """One choice, whole: `logprobs` are chat's entries, or completions' four lists."""

    text: str = ""
    finish: str | None = None
    logprobs: Any = None

    @property
    def bytes(self) -> bytes:
        """What the tokens with log-probabilities print (chat)."""
        return b"".join(bytes(entry["bytes"]) for entry in self.logprobs or [])


@dataclass
class Answer:
    choices: list[Choice]
    usage: CompletionUsage
    order: list[int] = field(
        default_factory=list, compare=False
    )  # the choices' indices, as events came

    @property
    def only(self) -> Choice:
        (choice,) = self.choices
        return choice

    @property
    def texts(self) -> list[str]:
        return [choice.text for choice in self.choices]


def chat(server: Server, content: Any, streamed: bool = False, **options: Any) -> Answer:
    """`content`: one user message's, or a list of messages."""
    messages = content if _is_chat(content) else [{"role": "user", "content": content}]
    options = {"model": "tiny", "messages": messages, **options}
    create = server.client.chat.completions.create
    if not streamed:
        whole = create(**_arguments(ChatResource.create, options))
        assert [c.index for c in whole.choices] == list(range(len(whole.choices)))
        return Answer(
            [
                Choice(c.message.content or "", c.finish_reason, _entries(c.logprobs))
                for c in whole.choices
            ],
            whole.usage,
        )
    *chunks, last = create(**_arguments(ChatResource.create, {**options, **STREAMED}))
    answer = Answer([Choice() for _ in range(options.get("n") or 1)], last.usage)
    for chunk in chunks:
        _add_chat_event(answer, chunk.choices[0])
    return answer


STREAMED = {"stream": True, "stream_options": {"include_usage": True}}


def _add_chat_event(answer: Answer, event: Any) -> None:
    choice = answer.choices[event.index]
    answer.order.append(event.index)
    assert choice.finish is None, "an event after the end of its choice"
    choice.text += event.delta.content or ""
    choice.finish = event.finish_reason
    if event.logprobs:
        choice.logprobs = [*(choice.logprobs or []), *(_entries(event.logprobs) or [])]


def _entries(logprobs: Any) -> list[Any] | None:
    return logprobs and [entry.to_dict() for entry in logprobs.content]


def complete(server: Server, prompt: Any, streamed: bool = False, **options: Any) -> Answer:
    options = {"model": "tiny", "prompt": prompt, **options}
    create = server.client.completions.create
    if not streamed:
        whole = create(**_arguments(TextResource.create, options))
        assert [c.index for c in whole.choices] == list(range(len(whole.choices)))
        choices = [Choice(c.text, c.finish_reason, _lists(c.logprobs)) for c in whole.choices]
        return Answer(choices, whole.usage)
    *chunks, last = create(**_arguments(TextResource.create, {**options, **STREAMED}))
    indices = {chunk.choices[0].index for chunk in chunks}
    answer = Answer([Choice() for _ in indices], last.usage)
    for chunk in chunks:
        _add_text_event(answer, chunk.choices[0])
    return answer


def _add_text_event(answer: Answer, event: Any) -> None:
    choice = answer.choices[event.index]
    answer.order.append(event.index)
    choice.text += event.text
    choice.finish = event.finish_reason
    lists = _lists(event.logprobs)
    if lists:
        before = choice.logprobs or {name: [] for name in lists}
        choice.logprobs = {name: [*before[name], *lists[name]] for name in lists}


def _lists(logprobs: Any) -> dict[str, list[Any]] | None:
    return logprobs and logprobs.to_dict()


def post(server: Server, path: str, **fields: Any) -> Any:
    return server.client.post(server.url + path, cast_to=object, body={"model": "tiny", **fields})


def prompt_of(server: Server, messages: Any, **fields: Any) -> list[int]:
    """The token ids that a chat with these messages has for a prompt."""
    messages = messages if _is_chat(messages) else [{"role": "user", "content": messages}]
    tokens: list[int] = post(server, "/tokenize", messages=messages, **fields)["tokens"]
    return tokens


def _is_chat(content: Any) -> bool:
    return isinstance(content, list) and "role" in content[0]


def _arguments(create: Any, options: dict[str, Any]) -> dict[str, Any]:
    """What the client does not know by name goes into extra_body, as its users do it."""
    known = inspect.signature(create).parameters
    extra = {name: value for name, value in options.items() if name not in known}
    return {k: v for k, v in options.items() if k in known} | {"extra_body": extra}
