"""Make the shipped models from nothing: curriculum, tokenizer, training, export.

python -m scripts.tiny_model                # everything, under an hour on four cores
python -m scripts.tiny_model --fraction 0.01 --out build/trial   # a quick trial
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from random import Random

os.environ.setdefault(
    "OMP_WAIT_POLICY", "passive"
)  # idle threads must not steal the workers' cores

import torch
from tokenizers import Tokenizer

from . import curriculum
from .chat import render
from .export import write_gguf, write_hf
from .model import Llama, ModelConfig
from .tokenizer import train_tokenizer
from .train import TrainConfig, batches, train

ROOT = Path(__file__).resolve().parents[2]
MAIN = ModelConfig(layers=4)
DRAFT = ModelConfig(hidden=128, intermediate=256, layers=2, heads=2, kv_heads=1)
MAIN_TRAINING = TrainConfig(steps=1200)
DRAFT_TRAINING = TrainConfig(steps=1000, seed=2)


def make_tokenizer(lessons: int = 4000) -> Tokenizer:
    """Learn the vocabulary from lessons of its own seed."""
    rng = Random(7)
    texts = ["".join(text for text, _ in render(curriculum.lesson(rng))) for _ in range(lessons)]
    return train_tokenizer(texts, MAIN.vocab)


def make_model(
    name: str,
    config: ModelConfig,
    training: TrainConfig,
    tokenizer: Tokenizer,
    out: Path,
    workers: int,
) -> None:
    """Train one model; write its checkpoint, Hugging Face folder and GGUF."""
    torch.manual_seed(training.seed)
    model = Llama(config)
    train(model, batches(curriculum.lesson, tokenizer, training), training, name, workers)
    write_hf(model, tokenizer, out / f"{name}-hf")
    write_gguf(model, tokenizer, out / f"{name}.gguf", f"gallama {name}")
    print(f"{out / name}.gguf: {(out / f'{name}.gguf').stat().st_size:,} bytes")


def scaled(training: TrainConfig, fraction: float) -> TrainConfig:
    """The same schedule with fewer steps."""
    return TrainConfig(**{**vars(training), "steps": max(2, int(training.steps * fraction))})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "tiny_model")
    parser.add_argument("--ship", type=Path, help="also copy the GGUFs here (gallama/shipped)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--fraction", type=float, default=1.0, help="of the usual training steps")
    parser.add_argument("--only", choices=["tiny", "tiny-draft"])
    arguments = parser.parse_args()
    torch.set_num_threads(3)  # a fixed number: sums of floats depend on it
    arguments.out.mkdir(parents=True, exist_ok=True)
    tokenizer = make_tokenizer()
    for name, config, training in (
        ("tiny", MAIN, MAIN_TRAINING),
        ("tiny-draft", DRAFT, DRAFT_TRAINING),
    ):
        if arguments.only in (None, name):
            training = scaled(training, arguments.fraction)
            make_model(name, config, training, tokenizer, arguments.out, arguments.workers)
            if arguments.ship:
                arguments.ship.mkdir(parents=True, exist_ok=True)
                data = (arguments.out / f"{name}.gguf").read_bytes()
                (arguments.ship / f"{name}.gguf").write_bytes(data)
