"""One checkpoint, two forms: a Hugging Face folder (safetensors) and a GGUF for llama.cpp."""

from __future__ import annotations

import json
from pathlib import Path

import gguf
import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor

from .chat import CONTROL_TOKENS, END, END_OF_TEXT, TAG_TOKENS, TEMPLATE
from .model import Llama, ModelConfig
from .tokenizer import GGML_PRE

GGUF_NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def hf_config(config: ModelConfig, tokenizer: Tokenizer) -> dict[str, object]:
    """config.json, as transformers and ExLlamaV2 read it."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": config.vocab,
        "hidden_size": config.hidden,
        "intermediate_size": config.intermediate,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.kv_heads,
        "head_dim": config.head_dim,
        "max_position_embeddings": config.context,
        "rope_theta": config.rope_theta,
        "rms_norm_eps": config.norm_eps,
        "hidden_act": "silu",
        "tie_word_embeddings": False,
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": None,
        "eos_token_id": tokenizer.token_to_id(END),
        "pad_token_id": tokenizer.token_to_id(END_OF_TEXT),
        "torch_dtype": "float16",
    }


def tokenizer_config() -> dict[str, object]:
    """tokenizer_config.json."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "add_bos_token": False,
        "bos_token": None,
        "eos_token": END,
        "pad_token": END_OF_TEXT,
        "clean_up_tokenization_spaces": False,
        "chat_template": TEMPLATE,
    }


def write_hf(model: Llama, tokenizer: Tokenizer, folder: Path) -> None:
    """Write a folder that transformers and ExLlamaV2 load (float16)."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: weight.half().contiguous() for name, weight in model.state_dict().items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    tokenizer.save(str(folder / "tokenizer.json"))
    ends = [tokenizer.token_to_id(END), tokenizer.token_to_id(END_OF_TEXT)]
    documents = {
        "config.json": hf_config(model.config, tokenizer),
        "tokenizer_config.json": tokenizer_config(),
        "generation_config.json": {"eos_token_id": ends, "pad_token_id": ends[1]},
    }
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document, indent=2) + "\n")


def read_weights(model: Llama, folder: Path) -> None:
    """Take the weights that `write_hf` wrote."""
    weights = load_file(folder / "model.safetensors")
    model.load_state_dict({name: weight.float() for name, weight in weights.items()})


def interleave_rope(weight: Tensor, heads: int) -> Tensor:
    """llama.cpp rotates neighbours where Hugging Face rotates halves: reorder a head's rows."""
    rows, columns = weight.shape
    halves = weight.view(heads, 2, rows // heads // 2, columns)
    return halves.transpose(1, 2).reshape(rows, columns)


def gguf_tensors(model: Llama) -> dict[str, np.ndarray]:
    """Tensors under llama.cpp's names: matrices float16, norms float32."""
    config, tensors = model.config, {}
    for name, weight in model.state_dict().items():
        stem = name.removesuffix(".weight")
        if stem.endswith("q_proj"):
            weight = interleave_rope(weight, config.heads)
        elif stem.endswith("k_proj"):
            weight = interleave_rope(weight, config.kv_heads)
        if stem.startswith("model.layers."):
            _, _, layer, part = stem.split(".", 3)
            target = f"blk.{layer}.{GGUF_NAMES[part]}.weight"
        else:
            target = f"{GGUF_NAMES[stem]}.weight"
        dtype = torch.float32 if weight.ndim == 1 else torch.float16
        tensors[target] = weight.to(dtype).contiguous().numpy()
    return tensors


def add_hyperparameters(writer: gguf.GGUFWriter, config: ModelConfig) -> None:
    """Sizes, under the `llama.` prefix."""
    writer.add_context_length(config.context)
    writer.add_embedding_length(config.hidden)
    writer.add_block_count(config.layers)
    writer.add_feed_forward_length(config.intermediate)
    writer.add_head_count(config.heads)
    writer.add_head_count_kv(config.kv_heads)
    writer.add_layer_norm_rms_eps(config.norm_eps)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_theta)
    writer.add_vocab_size(config.vocab)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)


def add_tokenizer(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    """Tokens, their kinds, merges, end tokens and the chat template."""
    size = tokenizer.get_vocab_size()
    tokens = [tokenizer.id_to_token(index) for index in range(size)]
    kinds = [gguf.TokenType.NORMAL] * size
    for token in CONTROL_TOKENS:
        kinds[tokens.index(token)] = gguf.TokenType.CONTROL
    for token in TAG_TOKENS:
        kinds[tokens.index(token)] = gguf.TokenType.USER_DEFINED
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(GGML_PRE)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in merges])
    writer.add_eos_token_id(tokens.index(END))
    writer.add_eot_token_id(tokens.index(END))
    writer.add_pad_token_id(tokens.index(END_OF_TEXT))
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)


def write_gguf(model: Llama, tokenizer: Tokenizer, path: Path, name: str) -> None:
    """Write the file that llama.cpp loads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(name)
    writer.add_license("MIT")
    writer.add_description("gallama's demonstration model: knows a few dozen subjects")
    add_hyperparameters(writer, model.config)
    add_tokenizer(writer, tokenizer)
    for target, array in gguf_tensors(model).items():
        writer.add_tensor(target, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
