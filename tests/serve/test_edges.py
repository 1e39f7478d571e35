"""The edges of a reply, each decided in docs/api.md: streamed or not, the same is said."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.serve.asking import Choice, chat, complete, post, prompt_of
from tests.serve.conftest import TINY
from tests.serving import Server, running

STREAMED = pytest.mark.parametrize("streamed", [False, True])
STORY = "Tell me a story about a Llama."

# what the scripted model says to which user; its tokens are bytes and tags
SCRIPT = {
    "llamas": "One 🦙, two 🦙🦙.",
    "calls": "Look: <tool_call>{}</tool_call> done",
    "control": "before<|im_start|>after",
    "goodbye": "Bye.<|endoftext|>",
    "think": "a<think>b",
    "stops": "a STOP, a ST and an ENDED end",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The shipped model and the scripted one, each with an end token more than its own."""
    replies = ",".join(f'{{when: "{when}", say: "{say}"}}' for when, say in SCRIPT.items())
    overrides = [
        "models=[tiny,scripted]",
        f"models.scripted.scripted.replies=[{replies}]",
        'models.scripted.end_tokens=["<think>"]',
        'models.tiny.end_tokens=["</think>"]',
        "models.tiny.sampling.max_tokens=50",
        "models.tiny.max_seq_len=512",
        *TINY[1:],
    ]
    with running(*overrides) as both:
        yield both


def say(server: Server, word: str, streamed: bool, **options: Any) -> Choice:
    """What the scripted model says to `word`, with its tokens."""
    return chat(server, word, streamed, model="scripted", logprobs=True, **options).only


def ids_of(server: Server, *spellings: str) -> list[int]:
    return [post(server, "/tokenize", prompt=text)["tokens"][0] for text in spellings]


# ---- how a reply ends

# to which user, with which stop strings: the text, and how many tokens have their text in it
ENDS: list[tuple[str, Any, str, int]] = [
    ("llamas", None, SCRIPT["llamas"], 23),
    ("llamas", "🦙🦙", "One 🦙, two ", 14),
    ("llamas", ["🦙,", "never"], "One ", 4),
    ("llamas", SCRIPT["llamas"], "", 0),
    ("llamas", [], SCRIPT["llamas"], 23),
    ("stops", "STOP", "a ", 2),
    ("stops", ["ENDED", "STOPPED"], "a STOP, a ST and an ", 20),
    ("stops", ["ND", "TO", "STOPS"], "a S", 3),
    ("calls", "<tool_call>", "Look: ", 6),
    ("calls", "l>{", "Look: <tool_cal", 7),  # a tag is one token, with all its bytes
    ("calls", None, SCRIPT["calls"], 15),
    ("control", None, "beforeafter", 12),
    ("control", "<|im_start|>", "before", 6),  # a control token prints nothing; it stops still
    ("goodbye", None, "Bye.", 4),
    ("think", None, "a", 1),  # the YAML's end token
]


@pytest.mark.parametrize(("word", "stop", "text", "tokens"), ENDS)
@STREAMED
def test_how_a_reply_ends(
    server: Server, word: str, stop: Any, text: str, tokens: int, streamed: bool
) -> None:
    choice = say(server, word, streamed, stop=stop)
    assert (choice.text, choice.finish) == (text, "stop")
    assert len(choice.logprobs or []) == tokens
    printed = choice.bytes.decode()
    assert printed == text or (printed.startswith(text) and choice.logprobs[-1]["token"] in printed)


@STREAMED
def test_a_stop_string_ends_each_choice_by_itself(server: Server, streamed: bool) -> None:
    options = {"n": 3, "temperature": 1.2, "seed": 3, "max_tokens": 40}
    whole = chat(server, STORY, **options)
    cut = chat(server, STORY, streamed, stop=["a", "\n"], **options)
    for text, choice in zip(whole.texts, cut.choices, strict=True):
        ends = [at for stop in ("a", "\n") if (at := text.find(stop)) >= 0]
        assert choice.text == (text[: min(ends)] if ends else text)
        assert choice.finish == "stop" or not ends


@STREAMED
def test_a_thousand_stop_strings(server: Server, streamed: bool) -> None:
    stops = [f"stop string number {i}" for i in range(1000)]
    options = {"temperature": 0, "max_tokens": 40}
    plain = chat(server, STORY, **options)
    assert chat(server, STORY, streamed, stop=stops, **options) == plain
    first = plain.only.text[1]
    cut = chat(server, STORY, streamed, stop=[*stops, first], **options).only
    assert cut.text == plain.only.text[: plain.only.text.index(first)]


@pytest.mark.parametrize("spelling", ["<|endoftext|>", "<|im_end|>", "</think>"])
@STREAMED
def test_every_end_token_ends(server: Server, spelling: str, streamed: bool) -> None:
    """The model's own and the YAML's; it counts as a token, and is no part of the text."""
    bias = {str(*ids_of(server, spelling)): 100}
    answer = chat(server, STORY, streamed, logit_bias=bias, logprobs=True)
    assert (answer.only.text, answer.only.finish) == ("", "stop")
    assert not answer.only.logprobs
    assert answer.usage.completion_tokens == 1


@STREAMED
def test_without_end_tokens_it_goes_on_to_the_limit(server: Server, streamed: bool) -> None:
    ends = ids_of(server, "<|endoftext|>", "<|im_end|>", "</think>")
    bias = {str(token): -100 for token in ends}
    answer = chat(server, "Hi", streamed, logit_bias=bias, max_tokens=300, temperature=0)
    assert answer.only.finish == "length"
    assert answer.usage.completion_tokens == 300


@pytest.mark.parametrize("limit", [5, 6, 7])
@STREAMED
def test_a_character_cut_by_max_tokens(server: Server, limit: int, streamed: bool) -> None:
    """U+FFFD stands for what came of it; its bytes are in the log-probabilities."""
    choice = say(server, "llamas", streamed, max_tokens=limit)
    assert (choice.text, choice.finish) == ("One \ufffd", "length")
    assert choice.bytes == "One 🦙".encode()[:limit]
    assert choice.logprobs[4]["token"] == "bytes:\\xf0"


@STREAMED
def test_a_stop_string_that_the_end_leaves_open_is_text(server: Server, streamed: bool) -> None:
    assert say(server, "stops", streamed, stop="STOP", max_tokens=4).text == "a ST"


# ---- how much of it there is


@STREAMED
@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_no_token_and_one(server: Server, field: str, streamed: bool) -> None:
    none = chat(server, STORY, streamed, logprobs=True, **{field: 0})
    assert (none.only.text, none.only.finish) == ("", "length")
    assert not none.only.logprobs
    assert none.usage.completion_tokens == 0
    one = chat(server, STORY, streamed, logprobs=True, temperature=0, **{field: 1})
    assert one.only.finish == "length"
    assert one.usage.completion_tokens == len(one.only.logprobs) == 1
    empty = complete(server, "Once", streamed, max_tokens=0)
    assert (empty.only.text, empty.only.finish) == ("", "length")


def test_an_end_token_as_the_last_that_is_allowed_is_a_stop(server: Server) -> None:
    bias = {str(*ids_of(server, "<|im_end|>")): 100}
    assert chat(server, STORY, logit_bias=bias, max_tokens=1).only.finish == "stop"


@STREAMED
def test_a_reply_that_fills_the_context_exactly(server: Server, streamed: bool) -> None:
    tokens = prompt_of(server, STORY)
    size = post(server, "/tokenize", messages=[{"role": "user", "content": STORY}])["max_model_len"]
    room = size - len(tokens)
    ends = ids_of(server, "<|endoftext|>", "<|im_end|>", "</think>")
    options = {"logit_bias": {str(token): -100 for token in ends}, "temperature": 0}
    full = chat(server, STORY, streamed, max_tokens=room, **options)
    assert (full.usage.total_tokens, full.only.finish) == (size, "length")
    with pytest.raises(openai.BadRequestError, match=f"{size} tokens.*{len(tokens)}") as caught:
        chat(server, STORY, streamed, max_tokens=room + 1)
    assert caught.value.code == "context_length_exceeded"


@STREAMED
def test_a_prompt_that_fills_the_context(server: Server, streamed: bool) -> None:
    (token,) = ids_of(server, "a")
    size = post(server, "/tokenize", prompt="a")["max_model_len"]
    full = complete(server, [token] * size, streamed, max_tokens=0)
    assert full.usage.total_tokens == size
    with pytest.raises(openai.BadRequestError, match="send less"):
        complete(server, [token] * size, streamed)
    last = complete(server, [token] * (size - 1), streamed)  # 16 by default: cut to the room
    assert last.usage.completion_tokens == 1


def test_a_default_of_max_tokens_is_the_most_there_is_room_for(server: Server) -> None:
    """The YAML's 50 here; a request that says more gets more."""
    ends = ids_of(server, "<|endoftext|>", "<|im_end|>", "</think>")
    bias = {str(token): -100 for token in ends}
    assert chat(server, "Hi", logit_bias=bias).usage.completion_tokens == 50
    assert chat(server, "Hi", logit_bias=bias, max_tokens=60).usage.completion_tokens == 60
    (token,) = ids_of(server, "a")
    nearly = complete(server, [token] * 504, logit_bias=bias)
    assert nearly.usage.completion_tokens == 8


def test_two_limits_must_agree(server: Server) -> None:
    assert chat(server, "Hi", max_tokens=1, max_completion_tokens=1).usage.completion_tokens == 1
    with pytest.raises(openai.BadRequestError, match="give one of them") as caught:
        chat(server, "Hi", max_tokens=1, max_completion_tokens=2)
    assert caught.value.param == "max_tokens"


# ---- messages

SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "Hi"}

# conversations that are no question to an assistant, and are answered still
ODD_CHATS: list[list[dict[str, Any]]] = [
    [{"role": "user", "content": ""}],
    [{"role": "user", "content": []}],
    [{"role": "user", "content": [{"type": "text", "text": ""}]}],
    [{"role": "system", "content": ""}],
    [SYSTEM],
    [USER, SYSTEM, USER],
    [USER, USER],
    [USER, {"role": "assistant", "content": ""}],
    [{**USER, "name": "Ann"}, {"role": "assistant", "content": "Hi", "name": "Bob"}],
]


@pytest.mark.parametrize("messages", ODD_CHATS)
@STREAMED
def test_odd_conversations(server: Server, messages: list[Any], streamed: bool) -> None:
    answer = chat(server, messages, streamed, temperature=0, max_tokens=5)
    assert answer.only.finish in ("stop", "length")
    assert answer.usage.prompt_tokens == len(prompt_of(server, messages))
    content = chat(server, messages, streamed, max_tokens=0).only.text
    assert content == ""


def test_an_empty_reply_has_a_content_that_is_a_string(server: Server) -> None:
    whole = server.client.chat.completions.create(model="tiny", messages=[USER], max_tokens=0)  # type: ignore[list-item]
    assert whole.choices[0].message.content == ""
    assert whole.choices[0].message.role == "assistant"


def test_no_system_turn_is_no_empty_one(server: Server) -> None:
    """Nothing is put before a conversation that its template does not put there."""
    text = post(server, "/detokenize", tokens=prompt_of(server, [USER]))["prompt"]
    assert text == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"


# ---- /tokenize, /detokenize


def test_tokens_of_a_chat_that_is_too_long_are_counted(server: Server) -> None:
    counted = post(server, "/tokenize", messages=[{"role": "user", "content": "llama " * 600}])
    assert counted["count"] == len(counted["tokens"]) > counted["max_model_len"] == 512


MIXED = [
    ({"prompt": "a", "messages": [USER]}, "prompt"),
    ({}, "prompt"),
    ({"prompt": "a", "add_generation_prompt": False}, "add_generation_prompt"),
    ({"messages": [USER], "special": False}, "special"),
]


@pytest.mark.parametrize(("fields", "param"), MIXED)
def test_tokenize_wants_one_of_two(server: Server, fields: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        post(server, "/tokenize", **fields)
    assert caught.value.param == param


def test_detokenize_knows_its_vocabulary(server: Server) -> None:
    llama = post(server, "/tokenize", prompt="🦙", model="scripted")["tokens"]
    cut = post(server, "/detokenize", tokens=llama[:2], model="scripted")
    assert cut == {"prompt": "\ufffd"}
    with pytest.raises(openai.BadRequestError) as caught:
        post(server, "/detokenize", tokens=[1, 99999])
    assert caught.value.param == "tokens[1]"


def test_health_names_its_models(server: Server) -> None:
    answer = server.client._client.get(f"{server.url}/health")
    assert json.loads(answer.text)["status"] == "ok"
