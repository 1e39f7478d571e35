"""Token counts of a request."""

from collections.abc import Iterable, Sequence

from gallama.api.answers import (
    Usage,
)
from gallama.api.service import Reply
from gallama.plan import Plan


def usage_of(plans: Plan | Iterable[Plan], replies: Sequence[Reply]) -> Usage:
    """Each prompt counts once, however many replies it got."""
    plans = [plans] if isinstance(plans, Plan) else plans
    prompt = sum(len(plan.prompt) for plan in plans)
    completion = sum(reply.completion_tokens for reply in replies)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "completion_tokens_details": {
            "reasoning_tokens": sum(reply.reasoning_tokens for reply in replies)
        },
    }
