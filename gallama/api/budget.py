"""The fields that say how many tokens a reply may take, made into one `Budget`."""

from dataclasses import replace

from gallama.api.types import EFFORTS, ChatRequest, CompletionRequest
from gallama.types import Budget, Request


def budget_of(wire: ChatRequest | CompletionRequest) -> Budget:
    close = wire.finish == "close"
    if not isinstance(wire, ChatRequest):
        return Budget(close=close)
    effort = None if wire.reasoning_effort is None else EFFORTS[wire.reasoning_effort]
    return Budget(wire.thinking_budget, effort, close)


def told(request: Request, wire: ChatRequest) -> Request:
    """The chat template is told of the effort, and of no thinking at all, as far as it has words
    for that, unless the request tells it something else."""
    words: dict[str, object] = {}
    if wire.reasoning_effort is not None:
        words["reasoning_effort"] = wire.reasoning_effort
    if request.budget.bound == 0:
        words["enable_thinking"] = False
    return replace(request, template_kwargs={**words, **request.template_kwargs})
