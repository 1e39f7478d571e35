"""Are the two exports one model? Tokens, logits, greedy text and the chat template.

    python -m scripts.tiny_model.check build/tiny_model/tiny

looks at `tiny-hf/` and `tiny.gguf`. Needs both torch and llama-cpp-python.
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from pathlib import Path
from random import Random
from typing import Any

import jinja2
import llama_cpp
import numpy as np
import torch
from tokenizers import Tokenizer

from . import curriculum, readme_examples
from .chat import CONTROL_TOKENS, END, END_OF_TEXT, TAG_TOKENS, TEMPLATE, Conversation, render
from .export import read_weights
from .model import Llama, ModelConfig

ODD = (
    "😀 👩‍👩‍👧‍👦 你好，世界 こんにちは 한국어 مرحبا Ελληνικά Привет "
    "naïve café ½ ² Ⅷ ٣٤ 1234567 3.14 \t\t  \n\n \r\n def f(x):\n    return {'a': [1, null]}  "
    "# it's, we'll, I'M <b>&amp;</b> ``` ~~ €100 …—“quoted” \u200b \u00a0 \"end\""
)


def load(folder: Path) -> tuple[Llama, Tokenizer]:
    """The Hugging Face folder back into our own model."""
    document = json.loads((folder / "config.json").read_text())
    names = {
        "vocab": "vocab_size", "hidden": "hidden_size", "intermediate": "intermediate_size",
        "layers": "num_hidden_layers", "heads": "num_attention_heads",
        "kv_heads": "num_key_value_heads", "context": "max_position_embeddings",
        "rope_theta": "rope_theta", "norm_eps": "rms_norm_eps",
    }  # fmt: skip
    config = ModelConfig(
        **{field.name: document[names[field.name]] for field in fields(ModelConfig)}
    )
    model = Llama(config)
    read_weights(model, folder)
    return model.eval(), Tokenizer.from_file(str(folder / "tokenizer.json"))


def strings(rng: Random, count: int) -> list[str]:
    """Lessons, and mixtures of odd characters."""
    odd = (
        list(ODD) + ODD.split(" ") + [" ", "  ", "\n", "a", "Z", "'s", *TAG_TOKENS, *CONTROL_TOKENS]
    )
    mixed = ["".join(rng.choices(odd, k=rng.randint(1, 60))) for _ in range(count // 2)]
    anything = ["".join(chr(rng.choice([rng.randrange(32, 0xD800), rng.randrange(0x1F300,
        0x1FAFF)]))
                        for _ in range(rng.randint(1, 20))) for _ in range(count // 4)]  # fmt: skip
    lessons = [
        "".join(t for t, _ in render(curriculum.lesson(rng, 0.5)[0])) for _ in range(count // 4)
    ]
    return mixed + anything + lessons


def check_tokens(tokenizer: Tokenizer, llama: llama_cpp.Llama) -> str:
    """Both tokenizers cut 1,000 strings alike, and llama.cpp puts them together again."""
    texts = strings(Random(5), 1000)
    for text in texts:
        ours = tokenizer.encode(text).ids
        theirs = llama.tokenize(text.encode(), add_bos=False, special=True)
        assert ours == theirs, (text, ours, theirs)
        assert llama.detokenize(theirs, special=True).decode() == text, text
    return f"{len(texts)} strings tokenised alike"


def check_kinds(tokenizer: Tokenizer, llama: llama_cpp.Llama) -> str:
    """End tokens end; only control tokens vanish from text."""
    vocab = llama_cpp.llama_model_get_vocab(llama.model)
    for token in (*CONTROL_TOKENS, *TAG_TOKENS):
        number = tokenizer.token_to_id(token)
        is_end = llama_cpp.llama_vocab_is_eog(vocab, number)
        assert is_end == (token in (END, END_OF_TEXT)), token
        assert llama_cpp.llama_vocab_is_control(vocab, number) == (token in CONTROL_TOKENS), token
    assert not llama_cpp.llama_vocab_get_add_bos(vocab)
    assert tokenizer.get_vocab_size() % 32 == 0
    return "kinds of special tokens right, no BOS"


def check_logits(model: Llama, tokenizer: Tokenizer, llama: llama_cpp.Llama) -> str:
    """Logits near each other over whole prompts, and the same greedy text."""
    worst = 0.0
    for prompt in readme_examples.prompts():
        ids = tokenizer.encode(prompt).ids
        with torch.no_grad():
            ours = model(torch.tensor([ids]))[0].numpy()
        llama.reset()
        llama.eval(ids)
        worst = max(worst, float(np.abs(ours - llama.scores[: len(ids)]).max()))
        assert greedy(model, ids, 60) == greedy_gguf(llama, ids, 60), prompt
    assert worst < 0.1, worst
    return f"largest difference of a logit {worst:.4f}, greedy text identical"


def greedy(model: Llama, ids: list[int], count: int) -> list[int]:
    ids, start = list(ids), len(ids)
    with torch.no_grad():
        for _ in range(count):
            ids.append(int(model(torch.tensor([ids]))[0, -1].argmax()))
    return ids[start:]


def greedy_gguf(llama: llama_cpp.Llama, ids: list[int], count: int) -> list[int]:
    llama.reset()
    llama.eval(ids)
    written: list[int] = []
    for _ in range(count):
        written.append(int(np.argmax(llama.scores[llama.n_tokens - 1])))
        llama.eval(written[-1:])
    return written


def as_wire(conversation: Conversation) -> list[dict[str, Any]]:
    """Our messages as an OpenAI client sends them."""
    wire: list[dict[str, Any]] = []
    for message in conversation.messages:
        entry: dict[str, Any] = {"role": message.role, "content": message.content}
        if message.calls:
            entry["tool_calls"] = [{"type": "function", "function": call} for call in message.calls]
        wire.append(entry)
    return wire


def check_template() -> str:
    """The Jinja template writes what the lessons were written in."""
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
    environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    template = environment.from_string(TEMPLATE)
    rng, count = Random(3), 0
    while count < 300:
        conversation = curriculum.lesson(rng, 0.5)[0]
        last = conversation.messages[-1] if conversation.messages else None
        if last is None or last.spans or last.reasoning:
            continue
        tools = [{"type": "function", "function": tool} for tool in conversation.tools]
        written = template.render(messages=as_wire(conversation), tools=tools)
        assert written == "".join(text for text, _ in render(conversation)), written
        count += 1
    opened = template.render(
        messages=[{"role": "user", "content": "x"}],
        add_generation_prompt=True,
        enable_thinking=True,
    )
    assert opened == "<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n<think>\n"
    return f"{count} conversations written alike by the chat template"


def main() -> None:
    stem = Path(sys.argv[1])
    model, tokenizer = load(stem.with_name(stem.name + "-hf"))
    llama = llama_cpp.Llama(
        str(stem.with_name(stem.name + ".gguf")),
        n_ctx=2048,
        n_threads=2,
        logits_all=True,
        verbose=False,
    )
    assert llama.metadata["tokenizer.chat_template"] == TEMPLATE
    print(check_template())
    print(check_kinds(tokenizer, llama))
    print(check_tokens(tokenizer, llama))
    print(check_logits(model, tokenizer, llama))


if __name__ == "__main__":
    main()
