"""The shape of every configuration: plain dataclasses, no Hydra.

`conf/*.yaml` is composed into a `RunConfig` (gallama.config.compose) and checked as a whole
(gallama.config.check); nothing downstream reads YAML, environment or argv.
"""

import math
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Optional

from compilers.frontends.surface import Surface


@dataclass(frozen=True)
class Range:
    """The numbers from `low` to `high`; `low` itself is left out when `above` is set."""

    low: float
    high: float = math.inf
    above: bool = False

    def __contains__(self, number: float) -> bool:
        return (self.low < number if self.above else self.low <= number) and number <= self.high

    def __str__(self) -> str:
        if self.high < math.inf:
            return f"from {self.low} to {self.high}"
        return f"above {self.low}" if self.above else f"of at least {self.low}"


def number(default: Any, low: float, high: float = math.inf, *, above: bool = False) -> Any:
    """A field that takes the numbers of a Range only; gallama.config.shape holds it to that."""
    return field(default=default, metadata={"range": Range(low, high, above)})


class BackendName(Enum):
    llama_cpp = "llama_cpp"
    exllamav2 = "exllamav2"
    infinity = "infinity"
    openai = "openai"
    scripted = "scripted"


class EngineName(Enum):
    """What masks the tokens that a reply may not have."""

    auto = "auto"
    llguidance = "llguidance"
    formatron = "formatron"


class CacheQuant(Enum):
    """Precision of the KV cache."""

    FP16 = "FP16"
    Q8 = "Q8"
    Q6 = "Q6"
    Q4 = "Q4"


class LauncherName(Enum):
    local = "local"
    ray = "ray"


class LogLevel(Enum):
    debug = "debug"
    info = "info"
    warning = "warning"
    error = "error"


@dataclass
class LlamaCppSpec:
    """Settings that only llama.cpp has.

    `threads`: CPU threads of one decode; None takes the physical cores less one.
    `prefill_chunk`: tokens of a prompt in one llama_decode call, at most 512.
    `gpu_layers`: layers put on GPUs; -1 is all of them.
    `spin`: OMP/ggml busy waiting between decodes: faster alone, ruinous on a crowded machine.
    """

    threads: Optional[int] = number(None, 1)
    prefill_chunk: int = number(512, 1, 512)
    gpu_layers: int = number(-1, -1)
    flash_attention: bool = False
    mmap: bool = True
    spin: bool = False


@dataclass
class ScriptedSpec:
    """Settings of the scripted backend (a fake without weights; see its module).

    `replies`: {"when": regular expression on the prompt, "say": text}; the first that fits.
    """

    replies: list[dict[str, str]] = field(default_factory=list)
    load_seconds: float = number(0.0, 0)
    step_seconds: float = number(0.0, 0)


@dataclass
class DraftSpec:
    """The draft model of speculative decoding: same vocabulary as the model it drafts for.

    There is none while `path` is None. (Not an optional section: OmegaConf 2.3 fails to merge
    an override such as draft={path:...} into a section that is None.)
    """

    path: Optional[str] = None
    gpus: Any = "auto"
    cache_size: Optional[int] = number(None, 1)
    cache_quant: CacheQuant = CacheQuant.FP16
    draft_tokens: int = number(4, 1)


@dataclass
class SamplingDefaults:
    """What a request gets that does not say; None leaves the API's own default."""

    max_tokens: Optional[int] = number(None, 1)
    temperature: Optional[float] = number(None, 0, 2)
    top_p: Optional[float] = number(None, 0, 1)
    top_k: Optional[int] = number(None, 0)
    min_p: Optional[float] = number(None, 0, 1)
    typical_p: Optional[float] = number(None, 0, 1)
    presence_penalty: Optional[float] = number(None, -2, 2)
    frequency_penalty: Optional[float] = number(None, -2, 2)
    repetition_penalty: Optional[float] = number(None, 0, above=True)


class VariableType(Enum):
    """What the value of a recipe's variable must be, in JSON Schema's words."""

    string = "string"
    number = "number"
    integer = "integer"
    boolean = "boolean"
    array = "array"
    object = "object"


@dataclass(frozen=True)
class VariableSpec:
    """A blank of a recipe.

    `description`: what to fill in, for whoever uses the recipe.
    `type`: what a value must be.
    `default`: the value where the request gives none; without it the request must give one.
    """

    description: str = ""
    type: VariableType = VariableType.string
    default: Any = None


@dataclass(frozen=True)
class ExampleSpec:
    """Replies that a recipe allows and does not allow. A reply is its words as text, or a section
    of `thinking`, `content` and `calls` (a list of `name` and `arguments`).

    `variables`: values of the recipe's variables for these replies.
    `request`: further fields of the request, such as the tools it offers.
    `accept`: replies that the recipe allows.
    `reject`: replies that it does not.
    """

    variables: dict[str, Any] = field(default_factory=dict)
    request: dict[str, Any] = field(default_factory=dict)
    accept: list[Any] = field(default_factory=list)
    reject: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class RecipeSpec:
    """A chat request with blanks: recipes/NAME.yaml.

    `name`: the file's name without .yaml, which it must be.
    `description`: what the recipe is for, in a sentence.
    `model`: the name or an alias of the only model that it is for; without it, it is for all.
    `variables`: the blanks, by name: `{{ name }}` in a text of `request` becomes the value.
    `request`: fields of POST /v1/chat/completions, as in docs/api.md.
    `examples`: replies that `gallama check` tries.
    """

    name: Optional[str] = None
    description: str = ""
    model: Optional[str] = None
    variables: dict[str, VariableSpec] = field(default_factory=dict)
    request: dict[str, Any] = field(default_factory=dict)
    examples: list[ExampleSpec] = field(default_factory=list)


AUTO = "auto"
"""The dialect that fits a model's chat template."""


@dataclass(frozen=True)
class PromptSpec:
    """What a model reads of tools, where its chat template has no words for it.

    `tools`: Jinja for a system block that offers `tools`; `example` is how a call is written. None
    takes gallama's own.
    `result`: what a tool gave, with the hole {content}, in a user's turn.
    `short_ids`: the chat template wants ids of calls that are nine letters and digits.
    `reasoning`: the name under which the chat template looks for the reasoning of past turns.
    """

    tools: Optional[str] = None
    result: str = "<tool_response>\n{content}\n</tool_response>"
    short_ids: bool = False
    reasoning: str = "reasoning_content"


@dataclass(frozen=True)
class DialectSpec:
    """How a family of models writes and reads tool calls and reasoning: conf/dialect/NAME.yaml.

    `reply`: what the model writes (compilers.frontends.surface says how that is declared).
    `prompt`: what it reads.
    `end_tokens`: special tokens that end a reply besides the model's own.
    """

    reply: Surface = field(default_factory=Surface)
    prompt: PromptSpec = field(default_factory=PromptSpec)
    end_tokens: tuple[str, ...] = ()


@dataclass
class ModelSpec:
    """One model: what to load, with what, where.

    `path`: a GGUF file (llama_cpp) or a folder with safetensors (exllamav2, infinity).
    `max_seq_len`: tokens of one request, prompt and completion; None takes the model's own.
    `slots`: requests decoded at once, each with max_seq_len tokens of KV cache.
    `cache_size`: tokens of KV cache in all; None takes slots x max_seq_len.
    `gpus`: "auto", or a list of GB per GPU (0 leaves a GPU out).
    `replicas`: worker processes, between which requests are balanced.
    `aliases`: further names under which requests reach this model.
    `chat_template`: a Jinja file to use in place of the model's own.
    `end_tokens`: spellings of special tokens that end a reply besides the model's own.
    `engine`: the mask engine; auto: what gallama.auto_engine says for grammars of requests.
    `dialect`: a file of conf/dialect: how tool calls are written; auto: found from the template.
    `recipe`: the recipe of chats that name none.
    """

    path: Optional[str] = None
    backend: BackendName = BackendName.llama_cpp
    max_seq_len: Optional[int] = number(None, 1)
    slots: int = number(4, 1, 256)
    cache_size: Optional[int] = number(None, 1)
    cache_quant: CacheQuant = CacheQuant.FP16
    gpus: Any = "auto"
    replicas: int = number(1, 1)
    aliases: list[str] = field(default_factory=list)
    chat_template: Optional[str] = None
    end_tokens: list[str] = field(default_factory=list)
    dialect: str = AUTO
    recipe: Optional[str] = None
    engine: EngineName = EngineName.auto
    sampling: SamplingDefaults = field(default_factory=SamplingDefaults)
    draft: DraftSpec = field(default_factory=DraftSpec)
    llama_cpp: LlamaCppSpec = field(default_factory=LlamaCppSpec)
    scripted: ScriptedSpec = field(default_factory=ScriptedSpec)


@dataclass
class ServerSpec:
    """The gateway. Times in seconds, `max_body_mb` in units of 10^6 bytes.

    `drain_seconds`: how long a stopping server lets running replies finish.
    `heartbeat_seconds`: a worker that does not answer for this long is replaced; it must be
    longer than one decode call takes to give the interpreter back.
    `log_dir`: where each worker's log goes; None keeps only its last lines, in memory.
    """

    host: str = "127.0.0.1"
    port: int = number(8000, 0, 65535)
    max_body_mb: float = number(16.0, 0, above=True)
    drain_seconds: float = number(10.0, 0)
    heartbeat_seconds: float = number(10.0, 0, above=True)
    log_level: LogLevel = LogLevel.info
    log_dir: Optional[str] = None


@dataclass
class RunConfig:
    """What `gallama run` runs.

    `recipe`: the recipe of models that name none themselves.
    `dialects` are those of conf/dialect, `recipe_folders` where recipes are looked for, the nearest
    first; no setting speaks of them.
    """

    models: dict[str, ModelSpec] = field(default_factory=dict)
    server: ServerSpec = field(default_factory=ServerSpec)
    launcher: LauncherName = LauncherName.local
    recipe: Optional[str] = None
    dialects: dict[str, DialectSpec] = field(
        default_factory=dict, compare=False, metadata={"omegaconf_ignore": True}
    )
    recipe_folders: tuple[Path, ...] = field(
        default=(), compare=False, metadata={"omegaconf_ignore": True}
    )
