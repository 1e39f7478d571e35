"""From logits to a token: one reply's sampler in plain numpy, shared by the backends.

The order, for one row of logits:

1. log-probabilities, where asked for, are taken from the row as it is
2. `logit_bias` is added
3. `repetition_penalty`, over the tokens of prompt and completion: positive logits are divided by
   it, others multiplied (Hugging Face, vLLM)
4. `presence_penalty` and `frequency_penalty`, over the tokens of the completion:
   logit -= presence + count * frequency (OpenAI)
5. the grammar's mask
6. temperature 0: the likeliest token, of equals the one with the lowest id. Otherwise the row is
   divided by the temperature and cut by
7. `top_k`: the k likeliest, of equals at the border those with the lowest ids
8. `typical_p`: the fewest tokens that together have this probability, taken in the order of how
   near their surprisal -ln p is to the entropy
9. `top_p`: the fewest that have this probability, likeliest first
10. `min_p`: those at least min_p times as likely as the likeliest
11. one uniform number of the reply's own generator picks a token by inverse CDF, in order of ids

Each cut works on what the one before it left, renormalised, and always leaves a token.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gallama.errors import BackendFailure, EngineFailure
from gallama.types import Sampling, TokenLogprob

Floats = NDArray[np.float32]
Ids = NDArray[np.intp]

# Cumulative sums run over blocks of this many weights, so that a row of 128k float32 is never
# copied to float64.
_BLOCK = 512

# A set that holds most of the probability is nearly always found among the tokens whose score is
# within the first radius (nats); the last holds everything.
_RADII = (3.0, 8.0, math.inf)


class Sampler:
    """Draws the tokens of one reply.

    sampler = Sampler(Sampling(temperature=0.7, seed=1), prompt)
    token, logprob = sampler.draw(logits)

    With a seed the draws depend on nothing but the seed and the logits.
    """

    def __init__(self, sampling: Sampling, prompt: Sequence[int] = ()) -> None:
        self._sampling = sampling
        self._counts: Counter[int] = Counter()
        # Only repetition_penalty looks at these.
        self._seen = set(prompt) if sampling.repetition_penalty != 1 else set()
        self._bias_ids = np.fromiter(sampling.logit_bias.keys(), np.intp)
        self._bias = np.fromiter(sampling.logit_bias.values(), np.float32)
        seed = sampling.seed
        self._random = np.random.Generator(
            np.random.PCG64(None if seed is None else seed & (2**64 - 1))
        )

    def draw(
        self, logits: Floats, mask: NDArray[np.int32] | None = None
    ) -> tuple[int, TokenLogprob | None]:
        """One token, taken, and its log-probability where `top_logprobs` asks for it."""
        token = self.choose(logits, mask)
        return token, self.take(logits, token)

    def choose(self, logits: Floats, mask: NDArray[np.int32] | None = None) -> int:
        """A token, which is not taken yet.

        `logits` [n_vocab] is left as it is. Bit t % 32 of word t // 32 of `mask` is 1 where token
        t may come. Raises EngineFailure when the mask allows none, BackendFailure when the logits
        are not finite.
        """
        scores = self._penalised(logits)
        if self._sampling.temperature == 0:
            return _greedy(scores, mask)
        return self._random_draw(scores, mask)

    def take(self, logits: Floats, token: int) -> TokenLogprob | None:
        """Count a token as one of the reply: its log-probability, where that is asked for."""
        self._counts[token] += 1
        if self._sampling.repetition_penalty != 1:
            self._seen.add(token)
        top = self._sampling.top_logprobs
        return None if top is None else token_logprob(logits, token, top)

    def _penalised(self, logits: Floats) -> Floats:
        """Steps 2 to 4, on a copy where there is anything to do."""
        sampling = self._sampling
        counts = self._counts if sampling.presence_penalty or sampling.frequency_penalty else None
        if not (len(self._bias) or self._seen or counts):
            return logits
        scores = logits.copy()
        scores[self._bias_ids] += self._bias
        if self._seen:
            ids = np.fromiter(self._seen, np.intp, len(self._seen))
            penalty = np.float32(sampling.repetition_penalty)
            seen = scores[ids]
            scores[ids] = np.where(seen > 0, seen / penalty, seen * penalty)
        if counts:
            ids = np.fromiter(counts.keys(), np.intp, len(counts))
            times = np.fromiter(counts.values(), np.float32, len(counts))
            scores[ids] -= np.float32(sampling.presence_penalty) + times * np.float32(
                sampling.frequency_penalty
            )
        return scores

    def _random_draw(self, scores: Floats, mask: NDArray[np.int32] | None) -> int:
        sampling = self._sampling
        ids = None if mask is None else _allowed(mask, len(scores))
        x = scores if ids is None else scores[ids]
        if 0 < sampling.top_k < len(x):
            keep = largest(x, sampling.top_k)
            ids, x = keep if ids is None else ids[keep], x[keep]
        with np.errstate(over="ignore"):  # a tiny temperature sends all but the likeliest to -inf
            x = (x - _finite(x.max())) / np.float32(max(sampling.temperature, 1e-30))
        for cut, value, off in (
            (typical, sampling.typical_p, 1.0),
            (nucleus, sampling.top_p, 1.0),
            (near_best, sampling.min_p, 0.0),
        ):
            if value != off:
                keep = cut(x, value)
                ids, x = keep if ids is None else ids[keep], x[keep] - x[keep].max()
        at = _inverse_cdf(np.exp(x), self._random.random())
        return at if ids is None else int(ids[at])


def token_logprob(logits: Floats, token: int, top: int) -> TokenLogprob:
    """The log-probability of `token` and of the `top` likeliest, by log_softmax of the row."""
    best = logits.max()
    total = float(best) + math.log(np.exp(logits - best).sum(dtype=np.float64))
    ids = largest(logits, min(top, len(logits))) if top else np.empty(0, np.intp)
    ids = ids[np.argsort(-logits[ids], kind="stable")]
    ranked = tuple((int(i), float(logits[i]) - total) for i in ids)
    return TokenLogprob(token, float(logits[token]) - total, ranked)


def largest(x: Floats, k: int) -> Ids:
    """Where the k largest stand, ascending; of equals at the border the first."""
    border = np.partition(x, len(x) - k)[len(x) - k]
    above = np.flatnonzero(x > border)
    equal = np.flatnonzero(x == border)[: k - len(above)]
    return np.sort(np.concatenate((above, equal)))


def typical(x: Floats, mass: float) -> Ids:
    """Indices, ascending, of the typical set with the probability `mass`; x: logits in nats."""
    weights = np.exp(x)
    total = float(weights.sum(dtype=np.float64))
    weights /= total
    surprisal = np.float32(math.log(total)) - x
    entropy = np.multiply(weights, surprisal, out=np.zeros_like(x), where=weights > 0).sum()
    return _fewest(np.abs(surprisal - entropy), weights, mass)


def nucleus(x: Floats, mass: float) -> Ids:
    """Indices, ascending, of the likeliest that have the probability `mass`; x: logits in nats."""
    weights = np.exp(x)
    weights /= float(weights.sum(dtype=np.float64))
    return _fewest(x.max() - x, weights, mass)


def near_best(x: Floats, ratio: float) -> Ids:
    """Indices, ascending, of those at least `ratio` times as likely as the likeliest."""
    return np.flatnonzero(x >= x.max() + math.log(min(ratio, 1.0)))


def _fewest(score: Floats, p: Floats, mass: float) -> Ids:
    """Indices, ascending, of the fewest that have the probability `mass`, lowest score first."""
    for radius in _RADII:
        near = np.flatnonzero(score <= radius)
        if radius == math.inf or p[near].sum(dtype=np.float64) >= mass:
            break
    order = near[np.argsort(score[near], kind="stable")]
    reached = np.cumsum(p[order], dtype=np.float64)
    return np.sort(order[: int(np.searchsorted(reached, mass)) + 1])


def _greedy(scores: Floats, mask: NDArray[np.int32] | None) -> int:
    best = int(scores.argmax())
    # A model that obeys its grammar spares us the masked row.
    if mask is not None and not mask[best >> 5] >> (best & 31) & 1:
        ids = _allowed(mask, len(scores))
        best = int(ids[scores[ids].argmax()])
    _finite(scores[best])
    return best


def _allowed(mask: NDArray[np.int32], n_vocab: int) -> Ids:
    bits = np.unpackbits(mask.view(np.uint8), bitorder="little")[:n_vocab]
    ids = np.flatnonzero(bits.view(bool))  # of bytes it takes three to eight times as long
    if not len(ids):
        raise EngineFailure("the grammar allows no token at all")
    return ids


def _finite(logit: np.float32) -> np.float32:
    if not math.isfinite(logit):
        raise BackendFailure(f"the model computed a logit that is no number: {logit}")
    return logit


def _inverse_cdf(weights: Floats, u: float) -> int:
    """The first index at which the cumulated weights exceed the part `u` of their sum."""
    starts = np.arange(0, len(weights), _BLOCK)
    sums = np.cumsum(np.add.reduceat(weights, starts, dtype=np.float64))
    target = u * sums[-1]
    block = int(np.searchsorted(sums[:-1], target, side="right"))
    inside = weights[starts[block] : starts[block] + _BLOCK]
    rest = target - (sums[block - 1] if block else 0.0)
    at = int(np.searchsorted(np.cumsum(inside, dtype=np.float64), rest, side="right"))
    # Rounding may push `rest` past the block's sum: then its last weight above zero is meant.
    return int(starts[block]) + min(at, int(np.flatnonzero(inside)[-1]))
