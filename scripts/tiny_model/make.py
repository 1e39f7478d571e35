"""Make the shipped models from nothing: curriculum, tokenizer, training, export.

python -m scripts.tiny_model                # everything; an hour or more on four cores
python -m scripts.tiny_model --fraction 0.01 --out build/trial   # a quick trial
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

os.environ.setdefault(
    "OMP_WAIT_POLICY", "passive"
)  # idle threads must not steal the workers' cores

import torch
from tokenizers import Tokenizer

from . import curriculum
from .chat import render
from .export import read_weights, write_gguf, write_hf
from .headstart import give_head_start
from .model import Llama, ModelConfig
from .tokenizer import train_tokenizer
from .train import TrainConfig, batches, train

ROOT = Path(__file__).resolve().parents[2]
MAIN = ModelConfig(layers=4)
DRAFT = ModelConfig(hidden=128, intermediate=256, layers=2, heads=2, kv_heads=1)
SCHOOL = TrainConfig(steps=1900)
REVISION = TrainConfig(
    steps=450, seed=3, muon_rate=0.008, adam_rate=0.0012, warmup=20, level=0.2, revision=True
)
MAIN_STAGES = (SCHOOL, REVISION)
DRAFT_STAGES = (TrainConfig(steps=700, seed=2),)


def make_tokenizer(lessons: int = 2000) -> Tokenizer:
    """Learn the vocabulary from lessons of its own seed."""
    rng = Random(7)
    drawn = (curriculum.lesson(rng, 0.5)[0] for _ in range(lessons))
    texts = ["".join(text for text, _ in render(one)) for one in drawn]
    texts += [" ".join(curriculum.spelling_book(rng))] * 20
    return train_tokenizer(texts, MAIN.vocab)


def make_model(
    name: str,
    config: ModelConfig,
    stages: Sequence[TrainConfig],
    tokenizer: Tokenizer,
    out: Path,
    workers: int,
) -> None:
    """Train one model; write its Hugging Face folder and GGUF, now and then and at the end."""
    torch.manual_seed(stages[0].seed)
    model = Llama(config)
    give_head_start(model)

    def save() -> None:
        write_hf(model, tokenizer, out / f"{name}-hf")
        write_gguf(model, tokenizer, out / f"{name}.gguf", f"gallama {name}")

    for number, training in enumerate(stages, start=1):
        if number > 1:  # from the float16 weights that were written
            read_weights(model, out / f"{name}-hf")
        stream = batches(curriculum.lesson, tokenizer, training)
        train(model, stream, training, workers, f"{name}, stage {number}", save)
    print(f"{out / name}.gguf: {(out / f'{name}.gguf').stat().st_size:,} bytes")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "tiny_model")
    parser.add_argument("--ship", type=Path, help="also copy the GGUFs here (gallama/shipped)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--fraction", type=float, default=1.0, help="of the usual training steps")
    parser.add_argument("--only", choices=["tiny", "tiny-draft"])
    return parser.parse_args()


def main() -> None:
    chosen = arguments()
    torch.set_num_threads(3)  # a fixed number: sums of floats depend on it
    chosen.out.mkdir(parents=True, exist_ok=True)
    tokenizer = make_tokenizer()
    for name, config, stages in (
        ("tiny", MAIN, MAIN_STAGES),
        ("tiny-draft", DRAFT, DRAFT_STAGES),
    ):
        if chosen.only in (None, name):
            short = [
                replace(stage, steps=max(2, int(stage.steps * chosen.fraction))) for stage in stages
            ]
            make_model(name, config, short, tokenizer, chosen.out, chosen.workers)
            if chosen.ship:
                chosen.ship.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(chosen.out / f"{name}.gguf", chosen.ship / f"{name}.gguf")
