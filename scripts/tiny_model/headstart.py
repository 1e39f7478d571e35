"""A head start: weights that can already look back and copy.

Nearly everything this model must do is find something said before and say it again. A transformer
learns that by itself, but only after millions of tokens: two layers have to invent their halves of
the same circuit at once. So it is written in from the start, and training only has to tune it:

- layer 0: head 0 brings each position the token before it, head 1 the token before that one
  (rotary positions make a head look a fixed distance back if its queries and keys are constant);
- layer 1: the first head of each key/value group looks for the place where the same two tokens
  were just seen, takes the token that stands there, and writes it where the output reads.

The residual stream is parted for this: half for the token itself (and one constant), a quarter for
each of the two tokens before it. After a few hundred steps training has moved everything anyway.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .model import Llama, ModelConfig

EMBEDDING = 0.1  # size of what a token, and later its neighbours, put into the residual stream
CONSTANT = 0.4  # every token's embedding has this in one place
STEADY = 14  # rotary pairs from here on turn so slowly that they can compare contents
NOW, BEFORE = 20, 16  # how many of a head's places compare the last token, and the one before it


@torch.no_grad()
def give_head_start(model: Llama) -> None:
    """Overwrite embedding, output and the first two layers; projections elsewhere start at zero."""
    config = model.config
    for block in model.model.layers:
        block.self_attn.o_proj.weight.zero_()
        block.mlp.down_proj.weight.zero_()
    token = config.hidden // 2 - 1  # places of the token itself; the next one is the constant
    embedding = model.model.embed_tokens.weight
    embedding.zero_()
    embedding[:, :token].normal_(std=EMBEDDING)
    embedding[:, token] = CONSTANT
    turn = torch.linalg.qr(torch.randn(config.hidden, config.hidden))[0][:, :token]
    model.lm_head.weight.copy_(0.3 * embedding[:, :token] @ turn.T)
    look_at_neighbours(model, token)
    look_for_the_same(model, token, turn)


def scale_of(config: ModelConfig, filled: int) -> float:
    """What the norm multiplies by: `filled` places hold a token, and one the constant."""
    return float((config.hidden / (filled * EMBEDDING**2 + CONSTANT**2)) ** 0.5)


def look_at_neighbours(model: Llama, token: int) -> None:
    """Layer 0, heads 0 and 1: bring the tokens one and two places back."""
    config, attention = model.config, model.model.layers[0].self_attn
    dim, quarter = config.head_dim, config.hidden // 4
    quick = min(16, dim // 2)
    speeds = config.rope_theta ** (-torch.arange(0, dim, 2) / dim)[:quick]
    # The score falls by about 4 from the right distance to the next one.
    gain = (4.0 * dim**0.5 / float((1 - speeds.cos()).sum())) ** 0.5
    gain /= CONSTANT * scale_of(config, token)
    attention.k_proj.weight[:dim].zero_()
    attention.k_proj.weight[:quick, token] = gain
    attention.v_proj.weight[:dim].zero_()
    attention.v_proj.weight[:quarter, :token] = mixture(quarter, token)
    for head, distance in ((0, 1), (1, 2)):
        rows = attention.q_proj.weight[head * dim : (head + 1) * dim]
        rows.zero_()
        rows[:quick, token] = gain * (distance * speeds).cos()
        rows[dim // 2 : dim // 2 + quick, token] = -gain * (distance * speeds).sin()
        start = config.hidden // 2 + head * quarter
        strength = 1 / scale_of(config, token)
        for place in range(quarter):
            attention.o_proj.weight[start + place, head * dim + place] = strength


def look_for_the_same(model: Llama, token: int, turn: Tensor) -> None:
    """Layer 1: attend to where the last two tokens were seen before, and copy what came next."""
    config, attention = model.config, model.model.layers[1].self_attn
    dim, half, quarter = config.head_dim, config.hidden // 2, config.hidden // 4
    mixed = model.model.layers[0].self_attn.v_proj.weight[:quarter, :token]
    steady = [*range(STEADY, dim // 2), *range(dim // 2 + STEADY, dim)]
    now, before = steady[:NOW], steady[NOW : NOW + BEFORE]
    per_group = config.heads // config.kv_heads
    for group in range(config.kv_heads):
        head = group * per_group
        queries = attention.q_proj.weight[head * dim : (head + 1) * dim]
        keys = attention.k_proj.weight[group * dim : (group + 1) * dim]
        values = attention.v_proj.weight[group * dim : (group + 1) * dim]
        for rows in (queries, keys, values):
            rows.zero_()
        first = (group * NOW) % max(1, quarter - NOW + 1)
        for slot, place in enumerate(now, start=first):
            queries[place, :token] = 2 * mixed[slot]
            keys[place, half + slot] = 2
        for slot, place in enumerate(before, start=quarter - BEFORE):
            queries[place, half + slot] = 2
            keys[place, half + quarter + slot] = 2
        taken = range(group * dim, min((group + 1) * dim, token))
        for row, place in enumerate(taken):
            values[row, place] = 1
            attention.o_proj.weight[:, head * dim + row] = 0.5 * turn[:, place]


def mixture(rows: int, columns: int) -> Tensor:
    """Random directions at right angles: `rows` numbers that still tell tokens apart."""
    return torch.linalg.qr(torch.randn(columns, rows))[0].T
