"""POST /tokenize and /detokenize: what a text or a chat is to this model."""

import asyncio
from typing import Any

from gallama.api.messages import conversation
from gallama.api.service import Service
from gallama.api.types import DetokenizeRequest, RecipeFields, TemplateFields, TokenizeRequest
from gallama.text import spelled_text
from gallama.wire_errors import ApiError

OF_A_CHAT = frozenset((*TemplateFields.model_fields, *RecipeFields.model_fields))
OF_A_TEXT = frozenset({"special", "add_special_tokens"})


async def tokenize(service: Service, wire: TokenizeRequest) -> dict[str, Any]:
    """The prompt of the chat with these messages, or the tokens of a text.

    `special`: whether the spelling of a special token in `prompt` is that token;
    `add_special_tokens`: whether what this model puts before every prompt is put before it.
    """
    if (wire.prompt is None) == (wire.messages is None):
        raise ApiError(400, "prompt: give either 'prompt' or 'messages'.", param="prompt")
    for name in sorted(wire.model_fields_set & (OF_A_CHAT if wire.messages is None else OF_A_TEXT)):
        other = "messages" if wire.messages is None else "prompt"
        raise ApiError(400, f"{name}: goes with {other!r} only.", param=name)
    if wire.messages is not None:
        tokens = await service.prompt(conversation(wire.messages, wire))
    else:
        tokens = await service.encode(wire.prompt or "", wire.special, wire.add_special_tokens)
    return {
        "tokens": tokens,
        "count": len(tokens),
        "max_model_len": service.backend.max_seq_len,
    }


async def detokenize(service: Service, wire: DetokenizeRequest) -> dict[str, Any]:
    """Bytes that are no UTF-8 come out as U+FFFD; control tokens as they are spelled."""
    vocabulary = service.backend.vocabulary
    size = len(vocabulary.pieces)
    for index, token in enumerate(wire.tokens):
        if token >= size:
            param = f"tokens[{index}]"
            message = f"{param}: {token} is no token id of this model (0 to {size - 1})."
            raise ApiError(400, message, param=param)
    text, _ = await asyncio.to_thread(spelled_text, wire.tokens, vocabulary)
    return {"prompt": text}
