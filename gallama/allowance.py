"""The tokens that a request may spend, and on what: checked before the first of them.

thinking = thinking_apart(len(prompt), request, max_seq_len)
allowance = allowed(request, thinking, max_tokens)
constraint = kept(constraint, allowance, request, guides)
"""

from dataclasses import replace

from compilers.errors import CompileError
from gallama.budget import Allowance, BudgetedMatcher, Closer
from gallama.errors import EngineFailure, PlanError
from gallama.guide import Constraint, Guides
from gallama.types import Request

DEFAULT_THINKING = 1024
"""Tokens of thinking in a template, of a request that says no number: or half of the context's room
that max_tokens leaves, where that is less."""


def thinking_apart(n_prompt: int, request: Request, max_seq_len: int) -> int | None:
    """The tokens of thinking in a template, which max_tokens does not count; None without one."""
    if request.guide is None or request.guide.thinking is None:
        return None
    budget = request.budget
    if budget.thinking is not None:
        return budget.thinking
    wanted = DEFAULT_THINKING if budget.effort is None else budget.effort
    room = max_seq_len - n_prompt - (request.sampling.max_tokens or 0)
    return max(0, min(wanted, room // 2))


def allowed(request: Request, thinking: int | None, max_tokens: int) -> Allowance | None:
    """None where nothing bounds the reply but max_tokens, at which it is cut."""
    budget = request.budget
    if thinking is not None:
        return Allowance(thinking, max_tokens, apart=True, close=budget.close)
    if budget.close:
        return Allowance(budget.bound, max_tokens, close=True)
    return None if budget.bound is None else Allowance(budget.bound)


def kept(
    constraint: Constraint, allowance: Allowance, request: Request, guides: Guides
) -> Constraint:
    """The constraint, kept within an allowance. Raises PlanError where no reply is."""
    budget = request.budget
    if constraint.matcher is None:  # the reply may end anywhere, and does not reason in phases
        return constraint
    try:
        closing = constraint.closing if budget.close else constraint.closing_of_reasoning
        closer = Closer(closing, guides.speller)
        thinking, reply = closer.needed()
    except (CompileError, EngineFailure) as error:
        asks = "finish" if budget.close else budget.param
        raise PlanError(f"{asks}: cannot be kept: {error}", param=asks) from error
    given = allowance.thinking
    if given is not None and given < thinking and (given or allowance.apart):
        field = budget.param if budget.bound == given else None
        raise _too_few(field, "the shortest thinking", thinking, given, request)
    least = reply if allowance.apart else thinking + reply
    if allowance.close and allowance.reply is not None and allowance.reply < least:
        asked = allowance.reply in (request.sampling.max_tokens, request.default_max_tokens)
        what = "the shortest reply (finish: 'close')"
        raise _too_few("max_tokens" if asked else None, what, least, allowance.reply, request)
    return replace(constraint, matcher=BudgetedMatcher(constraint.matcher, closer, allowance))


def _too_few(field: str | None, what: str, needs: int, given: int, request: Request) -> PlanError:
    """`field`: the one that says how many there are; None: the context does."""
    if field is not None:
        message = f"{field}: {given} tokens do not suffice for {what}: give at least {needs}."
        return PlanError(message, param=field)
    return PlanError(
        f"This model's context has {given} tokens left for {what}, which takes {needs}: "
        "send less, or lower max_tokens.",
        param="messages" if request.prompt is None else "prompt",
        code="context_length_exceeded",
    )
