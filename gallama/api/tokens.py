"""POST /tokenize and /detokenize: what a text or a chat is to this model."""

from typing import Any

from gallama.api.messages import to_messages
from gallama.api.service import Service
from gallama.api.types import DetokenizeRequest, TokenizeRequest
from gallama.types import Request, Sampling
from gallama.wire_errors import ApiError


async def tokenize(service: Service, wire: TokenizeRequest) -> dict[str, Any]:
    """`special`: whether the spelling of a special token in `prompt` is that token."""
    if (wire.prompt is None) == (wire.messages is None):
        raise ApiError(400, "prompt: give either 'prompt' or 'messages'.", param="prompt")
    if wire.messages is not None:
        request = Request(to_messages(wire.messages), sampling=Sampling(max_tokens=0))
        tokens = list((await service.plan(request)).prompt)
    else:
        tokens = await service.encode(wire.prompt or "", wire.special)
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
    parts = (vocabulary.pieces[t] or vocabulary.spelling(t).encode() for t in wire.tokens)
    return {"prompt": b"".join(parts).decode("utf-8", "replace")}
