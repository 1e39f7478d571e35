"""The sampler against definitions that are slow and plain, in float64."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gallama.backends import sampling as fast
from gallama.backends.sampling import Sampler, token_logprob
from gallama.errors import BackendFailure, EngineFailure
from gallama.types import Sampling

Row = NDArray[np.float32]

# Multiples of 1/4, so that ties are frequent and sums exact enough to compare.
rows = st.lists(st.integers(-80, 80), min_size=1, max_size=60).map(
    lambda values: np.array(values, np.float32) / 4
)
masses = st.floats(0.0, 1.0)


def softmax(row: Row) -> NDArray[np.float64]:
    weights = np.exp(row.astype(np.float64) - float(row.max()))
    return weights / weights.sum()


def fewest(order: list[int], p: NDArray[np.float64], mass: float) -> int:
    """How many of `order` it takes to have this probability."""
    return min(int(np.searchsorted(np.cumsum(p[order]), mass)) + 1, len(order))


@given(rows, st.integers(1, 70))
def test_largest(row: Row, k: int) -> None:
    k = min(k, len(row))
    by_rank = sorted(range(len(row)), key=lambda i: (-row[i], i))
    assert fast.largest(row, k).tolist() == sorted(by_rank[:k])


@given(rows, masses)
def test_nucleus(row: Row, mass: float) -> None:
    p = softmax(row)
    order = sorted(range(len(row)), key=lambda i: (-row[i], i))
    kept = fast.nucleus(row - row.max(), mass).tolist()
    assert kept == sorted(kept)
    assert set(kept) == set(order[: len(kept)])
    # Rounding may put the border a token nearer or further.
    assert fewest(order, p, mass - 1e-5) <= len(kept) <= fewest(order, p, mass + 1e-5)


@given(rows, masses)
def test_typical(row: Row, mass: float) -> None:
    p = softmax(row)
    entropy = -sum(x * math.log(x) for x in p if x > 0)
    distance = [abs(-math.log(x) - entropy) if x > 0 else math.inf for x in p]
    kept = fast.typical(row - row.max(), mass).tolist()
    assert kept
    assert kept == sorted(kept)
    # Kept are the nearest to the entropy, and no more than needed.
    border = max(distance[i] for i in kept)
    assert all(d >= border - 1e-4 for i, d in enumerate(distance) if i not in kept)
    assert p[kept].sum() >= mass - 1e-5
    assert len(kept) == 1 or p[kept].sum() - max(p[i] for i in kept) <= mass + 1e-5


@given(rows, masses)
def test_near_best(row: Row, ratio: float) -> None:
    p = softmax(row)
    if ratio == 0:
        return  # off
    kept = set(fast.near_best(row - row.max(), ratio).tolist())
    assert {i for i, x in enumerate(p) if x >= ratio * p.max() * (1 + 1e-5)} <= kept
    assert kept <= {i for i, x in enumerate(p) if x >= ratio * p.max() * (1 - 1e-5)}


@given(rows, st.floats(0, 1, exclude_max=True))
def test_inverse_cdf(row: Row, u: float) -> None:
    weights = np.exp(row - row.max())
    at = fast._inverse_cdf(weights, u)
    exact = np.cumsum(weights.astype(np.float64)) / weights.astype(np.float64).sum()
    assert weights[at] > 0
    assert exact[at] >= u - 1e-9
    assert at == 0 or exact[at - 1] <= u + 1e-9


@given(
    rows,
    st.builds(
        Sampling,
        temperature=st.sampled_from([0.0, 1e-9, 0.3, 1.0, 2.0]),
        top_k=st.integers(0, 5),
        top_p=masses,
        min_p=masses,
        typical_p=masses,
        repetition_penalty=st.sampled_from([1.0, 1.3]),
        presence_penalty=st.floats(-2, 2),
        frequency_penalty=st.floats(-2, 2),
        logit_bias=st.dictionaries(st.just(0), st.floats(-100, 100)),
        seed=st.integers(-(2**70), 2**70),
        top_logprobs=st.none() | st.integers(0, 3),
    ),
    st.data(),
)
def test_any_setting_draws_an_allowed_token(
    row: Row, sampling: Sampling, data: st.DataObject
) -> None:
    allowed = data.draw(st.sets(st.integers(0, len(row) - 1), min_size=1))
    mask = mask_of(allowed, len(row))
    before = row.copy()
    first, second = (Sampler(sampling, [0]) for _ in range(2))
    for _ in range(4):
        token, logprob = first.draw(row, mask)
        assert token in allowed
        assert (token, logprob) == second.draw(row, mask)
        assert (logprob is None) == (sampling.top_logprobs is None)
    assert (row == before).all()


@given(rows)
def test_greedy_takes_the_lowest_of_equals(row: Row) -> None:
    best = [i for i, x in enumerate(row) if x == row.max()]
    assert Sampler(Sampling(temperature=0)).draw(row) == (best[0], None)
    if len(best) < len(row):
        mask = mask_of(set(range(len(row))) - set(best), len(row))
        rest = np.where(row == row.max(), -np.inf, row)
        assert Sampler(Sampling(temperature=0)).draw(row, mask)[0] == rest.argmax()


def mask_of(tokens: set[int], n_vocab: int) -> NDArray[np.int32]:
    bits = np.zeros((n_vocab + 31) // 32 * 32, np.uint8)
    bits[list(tokens)] = 1
    return np.packbits(bits, bitorder="little").view(np.int32)


def test_penalties_follow_their_definitions() -> None:
    row = np.array([2.0, -1.0, 3.0, 0.5, 0.0], np.float32)
    sampling = Sampling(
        temperature=0,
        repetition_penalty=2.0,
        presence_penalty=0.5,
        frequency_penalty=0.25,
        logit_bias={3: 1.0},
    )
    sampler = Sampler(sampling, prompt=[0, 1])
    assert sampler._penalised(row).tolist() == [1.0, -2.0, 3.0, 1.5, 0.0]
    assert sampler.draw(row)[0] == 2
    assert sampler._penalised(row).tolist() == [1.0, -2.0, 0.75, 1.5, 0.0]
    assert sampler.draw(row)[0] == 3
    assert sampler.draw(row)[0] == 0
    assert sampler._penalised(row).tolist() == [0.25, -2.0, 0.75, 0.0, 0.0]


def test_a_bias_can_force_and_forbid() -> None:
    row = np.array([1.0, 2.0, 3.0], np.float32)
    assert Sampler(Sampling(temperature=0, logit_bias={0: 100.0})).draw(row)[0] == 0
    forbid = Sampler(Sampling(seed=1, logit_bias={2: -100.0, 1: -100.0}))
    assert {forbid.draw(row)[0] for _ in range(50)} == {0}


@pytest.mark.parametrize(
    ("sampling", "kept"),
    [
        (Sampling(seed=11), range(8)),
        (Sampling(seed=12, temperature=0.5), range(8)),
        (Sampling(seed=13, top_k=3), range(3)),
        (Sampling(seed=14, top_p=0.8), range(4)),
        (Sampling(seed=15, min_p=0.3), range(3)),
        (Sampling(seed=16, top_k=5, top_p=0.8, min_p=0.2), range(3)),
    ],
)
def test_the_distribution_drawn(sampling: Sampling, kept: range) -> None:
    """Chi-square against softmax over what the filters leave (p halves from token to token)."""
    row = (-np.arange(8) * math.log(1.6)).astype(np.float32)
    n = 8_000
    sampler = Sampler(sampling)
    drawn = Counter(sampler.draw(row)[0] for _ in range(n))
    p = softmax(row / np.float32(sampling.temperature))[: len(kept)]
    expected = n * p / p.sum()
    assert set(drawn) <= set(kept)
    chi_square = sum((drawn[i] - e) ** 2 / e for i, e in enumerate(expected))
    assert chi_square < 30  # the 0.9999 quantile at 7 degrees of freedom is 29.9


def test_the_distribution_drawn_under_a_mask() -> None:
    row = np.log(np.array([0.4, 0.3, 0.2, 0.1], np.float32))
    sampler = Sampler(Sampling(seed=3))
    mask = mask_of({1, 3}, 4)
    drawn = Counter(sampler.draw(row, mask)[0] for _ in range(8_000))
    assert set(drawn) == {1, 3}
    assert drawn[1] / 8_000 == pytest.approx(0.75, abs=0.02)


def test_a_large_row_is_drawn_from_all_over() -> None:
    """128k tokens of nearly equal weight: blocks, radii and sums must not favour any part."""
    n = 128_256
    row = np.random.default_rng(0).normal(0, 0.1, n).astype(np.float32)
    sampler = Sampler(Sampling(seed=5))
    places = np.array([sampler.draw(row)[0] for _ in range(2000)]) / n
    assert np.histogram(places, 10, (0, 1))[0] == pytest.approx(np.full(10, 200), abs=60)


def test_logprobs_are_log_softmax() -> None:
    row = np.random.default_rng(1).normal(0, 4, 5000).astype(np.float32)
    exact = np.log(softmax(row))
    entry = token_logprob(row, 17, 5)
    assert entry.logprob == pytest.approx(exact[17], abs=1e-5)
    assert [token for token, _ in entry.top] == np.argsort(-exact)[:5].tolist()
    assert [value for _, value in entry.top] == pytest.approx(np.sort(exact)[::-1][:5], abs=1e-5)
    assert len(token_logprob(row, 17, 10**6).top) == 5000


def test_without_a_seed_replies_differ() -> None:
    row = np.zeros(50_000, np.float32)
    assert len({Sampler(Sampling()).draw(row)[0] for _ in range(5)}) > 1


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_logits_that_are_no_numbers(temperature: float, bad: float) -> None:
    with pytest.raises(BackendFailure, match="no number"):
        Sampler(Sampling(temperature=temperature)).draw(np.array([0, bad, 1], np.float32))


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_minus_infinity_is_never_drawn(temperature: float) -> None:
    row = np.array([-np.inf, 0, -np.inf, -1], np.float32)
    for cut in ({}, {"top_p": 0.9}, {"typical_p": 0.9}, {"min_p": 0.1}, {"top_k": 3}):
        sampler = Sampler(Sampling(temperature=temperature, seed=1, **cut))
        assert {sampler.draw(row)[0] for _ in range(30)} <= {1, 3}


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_an_empty_mask_is_the_engines_failure(temperature: float) -> None:
    with pytest.raises(EngineFailure):
        Sampler(Sampling(temperature=temperature)).draw(
            np.zeros(64, np.float32), np.zeros(2, np.int32)
        )


settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")
