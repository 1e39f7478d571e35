"""A Llama in plain torch: RMSNorm, rotary positions, grouped-query attention, SwiGLU.

Parameter names are those of Hugging Face's Llama, so that exporting is a plain save.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class ModelConfig:
    """Sizes. hidden and intermediate are multiples of 128, heads are 64 wide (ExLlamaV2)."""

    vocab: int = 2048
    hidden: int = 256
    intermediate: int = 640
    layers: int = 6
    heads: int = 4
    kv_heads: int = 2
    context: int = 2048
    rope_theta: float = 1_000_000.0
    norm_eps: float = 1e-5

    @property
    def head_dim(self) -> int:
        return self.hidden // self.heads


class RMSNorm(nn.Module):
    """Divide by the root mean square over the last axis, then scale."""

    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, (x.shape[-1],), self.weight, self.eps)


def rope_tables(config: ModelConfig) -> tuple[Tensor, Tensor]:
    """cos and sin, each [context, head_dim]; the two halves of a head rotate together."""
    half = torch.arange(0, config.head_dim, 2, dtype=torch.float32)
    frequencies = config.rope_theta ** (-half / config.head_dim)
    angles = torch.arange(config.context, dtype=torch.float32)[:, None] * frequencies
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Apply rotary positions to x [tokens, heads, head_dim]; tables [tokens, 1, head_dim]."""
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-second, first], dim=-1) * sin


@dataclass(frozen=True)
class Layout:
    """How a flat run of tokens is to be read: `prefix` of them, then blocks of (rows, time).

    Every row goes on from the same prefix, and sees nothing of the other rows: many short
    conversations over one long list of tools cost that list only once.
    """

    prefix: int
    blocks: tuple[tuple[int, int], ...]

    def positions(self) -> Tensor:
        """The place of every token in its own conversation [tokens]."""
        runs = [torch.arange(self.prefix)]
        runs += [torch.arange(time).add(self.prefix).repeat(rows) for rows, time in self.blocks]
        return torch.cat(runs)


class Attention(nn.Module):
    """Causal self-attention; several query heads share one key/value head."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        kv_width = config.kv_heads * config.head_dim
        self.q_proj = nn.Linear(config.hidden, config.hidden, bias=False)
        self.k_proj = nn.Linear(config.hidden, kv_width, bias=False)
        self.v_proj = nn.Linear(config.hidden, kv_width, bias=False)
        self.o_proj = nn.Linear(config.hidden, config.hidden, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, layout: Layout) -> Tensor:
        dim = self.config.head_dim
        q = rotate(self.q_proj(x).view(len(x), -1, dim), cos, sin)
        k = rotate(self.k_proj(x).view(len(x), -1, dim), cos, sin)
        v = self.v_proj(x).view(len(x), -1, dim)
        shared = self.config.heads // self.config.kv_heads
        k, v = k.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        return self.o_proj(torch.cat(attend(q, k, v, layout)))


def attend(q: Tensor, k: Tensor, v: Tensor, layout: Layout) -> list[Tensor]:
    """What every token gets from those it sees: [tokens, width], in parts of the layout.

    Plain matrix products: at these sizes they are faster on a CPU than torch's fused attention.
    """
    q = q * q.shape[-1] ** -0.5
    outs: list[Tensor] = []
    start = prefix = layout.prefix
    if prefix:
        q_, k_, v_ = (y[:prefix].transpose(0, 1) for y in (q, k, v))
        weights = (q_ @ k_.mT + causal(prefix)).softmax(-1)
        outs.append((weights @ v_).transpose(0, 1).flatten(1))
        k_shared, v_shared = k_, v_
    for rows, time in layout.blocks:
        part = slice(start, start + rows * time)
        start += rows * time
        q_, k_, v_ = (y[part].unflatten(0, (rows, time)).transpose(1, 2) for y in (q, k, v))
        scores = q_ @ k_.mT + causal(time)
        if not prefix:
            y = scores.softmax(-1) @ v_
        else:
            together = q[part].transpose(0, 1)
            far = (together @ k_shared.mT).unflatten(1, (rows, time)).transpose(0, 1)
            weights = torch.cat([far, scores], dim=-1).softmax(-1)
            far, near = weights.split([prefix, time], dim=-1)
            read = far.transpose(0, 1).flatten(1, 2) @ v_shared
            y = near @ v_ + read.unflatten(1, (rows, time)).transpose(0, 1)
        outs.append(y.transpose(1, 2).flatten(2).flatten(0, 1))
    return outs


def causal(time: int) -> Tensor:
    """Minus infinity where a token would see a later one [time, time]."""
    return torch.full((time, time), float("-inf")).triu(1)


class MLP(nn.Module):
    """SwiGLU."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden, config.intermediate, bias=False)
        self.up_proj = nn.Linear(config.hidden, config.intermediate, bias=False)
        self.down_proj = nn.Linear(config.intermediate, config.hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    """Attention, then MLP, each behind a norm and a residual connection."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm(config.hidden, config.norm_eps)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = RMSNorm(config.hidden, config.norm_eps)
        self.mlp = MLP(config)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, layout: Layout) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, layout)
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    """Embedding, blocks, last norm (what Hugging Face calls `model`)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab, config.hidden)
        self.layers = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = RMSNorm(config.hidden, config.norm_eps)


class Llama(nn.Module):
    """Token ids [batch, time] -> logits [batch, time, vocab].

    >>> Llama(ModelConfig())(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 2048])
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.model = Decoder(config)
        self.lm_head = nn.Linear(config.hidden, config.vocab, bias=False)
        cos, sin = rope_tables(config)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.reset()

    def reset(self) -> None:
        """Small normal weights; what writes into the residual stream starts smaller still."""
        deep = (2 * self.config.layers) ** -0.5
        for name, weight in self.named_parameters():
            if weight.ndim < 2:
                continue
            into_residual = name.endswith(("o_proj.weight", "down_proj.weight"))
            std = 0.02 if "embed" in name or "lm_head" in name else weight.shape[1] ** -0.5
            nn.init.normal_(weight, std=std * deep if into_residual else std)

    def hidden(self, ids: Tensor, layout: Layout) -> Tensor:
        """The last normed hidden states [tokens, hidden] of token ids [tokens]."""
        positions = layout.positions()
        cos, sin = self.cos[positions, None], self.sin[positions, None]
        x = self.model.embed_tokens(ids)
        for block in self.model.layers:
            x = block(x, cos, sin, layout)
        return self.model.norm(x)

    def forward(self, ids: Tensor) -> Tensor:
        rows, time = ids.shape
        hidden = self.hidden(ids.flatten(), Layout(0, ((rows, time),)))
        return self.lm_head(hidden).view(rows, time, -1)
