"""Hydra's part: YAML files and arguments -> a checked RunConfig. The only file that imports Hydra.

    config = compose(["+models=tiny", "server.port=9000"])    # or ConfigError, with every mistake

Hydra composes, but stops at its first mistake. So what it would compose is read a second time
here, as a list of sources in Hydra's own order: each is held against the dataclasses
(gallama.config.shape), what is right in all of them is put together and held against the machine
(gallama.config.check). A test holds the two compositions equal.
"""

import os
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml
from hydra import main, version
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import ConfigRepository
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.defaults_list import create_defaults_list
from hydra._internal.utils import create_config_search_path
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.config_store import ConfigStore
from hydra.core.default_element import ResultDefault
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, ValueType
from hydra.core.plugins import Plugins
from hydra.core.utils import setup_globals
from hydra.errors import HydraException, MissingConfigException
from hydra.plugins.config_source import ConfigResult
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import DictConfig, OmegaConf
from omegaconf._utils import get_yaml_loader
from omegaconf.errors import GrammarParseError, OmegaConfBaseException

from gallama.config import check, dialects, paths
from gallama.config.schema import RunConfig
from gallama.config.shape import (
    Key,
    Node,
    Source,
    examine,
    hint,
    interpolations,
    is_interpolation,
    nest,
)
from gallama.config.tree import read
from gallama.errors import ConfigError, GallamaError, Mistake

ROOT = "run"


class _Folders(SearchPathPlugin):
    """The user's folders: ./conf goes before $GALLAMA_HOME/conf, and that before ours."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        for folder in paths.user_folders("conf"):
            search_path.prepend("gallama-user", f"file://{folder}", anchor="main")


def _register() -> None:
    """Tell Hydra of our folders, schema and resolvers; harmless when done twice."""
    version.setbase("1.3")
    setup_globals()
    Plugins.instance().register(_Folders)
    ConfigStore.instance().store(name="run_config", node=RunConfig)
    OmegaConf.register_new_resolver(
        "shipped", lambda name: str(paths.shipped(f"shipped/{name}")), replace=True
    )
    OmegaConf.register_new_resolver("gallama_home", lambda: str(paths.home()), replace=True)


_register()


def _search_path() -> ConfigSearchPath:
    return create_config_search_path(str(paths.shipped("conf")))


class _Repository(ConfigRepository):
    """Hydra's view of the folders, which notes what cannot be loaded and goes on without it."""

    def __init__(self) -> None:
        super().__init__(_search_path())
        self.absent: set[str] = set()
        self.mistakes: list[Mistake] = []
        self.loaded: dict[str, ConfigResult] = {}

    def load_config(self, config_path: str) -> ConfigResult | None:
        if config_path not in self.loaded:
            result = self._load(config_path)
            if result is None:
                return None
            self.loaded[config_path] = result
        return self.loaded[config_path]

    def _load(self, config_path: str) -> ConfigResult | None:
        nothing = ConfigResult("none", "none", OmegaConf.create(), {"package": None}, [])
        if config_path in self.absent:
            return nothing
        try:
            return super().load_config(config_path)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else None
            text = f"is not YAML: {error.problem or error.context}"
            self.mistakes.append(Mistake(text, self.file(config_path), line))
        except GrammarParseError as error:  # of an interpolation
            key = tuple(str(error.full_key).split("."))
            source = Source(_yaml_tree(file := self.file(config_path)), file=file)
            node = source.find(key)
            line = node.line if node else None
            self.mistakes.append(source.mistake(key, _first_line(error), line))
        except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
            text = f"cannot be read: {_first_line(error)}"
            self.mistakes.append(Mistake(text, self.file(config_path)))
        self.absent.add(config_path)
        return nothing

    def file(self, config_path: str) -> Path | None:
        """The YAML file of a config as a person in this folder names it; None for a dataclass."""
        source = self._find_object_source(config_path, ObjectType.CONFIG)
        if source is None or source.scheme() != "file":
            return None
        return paths.shown(Path(source.path) / source._normalize_file_name(config_path))


@dataclass
class _Draft:
    """Everything that speaks in a configuration, in the order in which it is merged."""

    sources: list[Source] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    mistakes: list[Mistake] = field(default_factory=list)
    complete: bool = True

    def models(self) -> set[str]:
        """The names of the models that files brought, whatever else is wrong with them."""
        sections = [source.find(("models",)) for source in self.sources if source.file]
        names = {
            name
            for node in sections
            if node and isinstance(node.value, dict)
            for name in node.value
            if isinstance(name, str)
        }
        return names - self.removed


def compose(overrides: Sequence[str], *, machine: bool = True) -> RunConfig:
    """What `gallama run OVERRIDES` would run. Raises ConfigError with all mistakes.

    `machine` False leaves out what depends on this machine: files and installed packages.
    """
    draft = _read(overrides)
    mistakes, wrong, trees = list(draft.mistakes), set[Key](), []
    known = draft.models()
    for source in draft.sources:
        closed = source.argument is not None and draft.complete
        found, tree = examine(source, known if closed else None)
        mistakes += [mistake for _, mistake in found]
        wrong |= {key for key, _ in found}
        trees.append(tree)
    try:
        known_dialects = dialects.load()
    except ConfigError as error:
        mistakes += error.mistakes
        wrong |= {("models", name, "dialect") for name in known}
        known_dialects = {}
    config, unresolved = _assemble(draft, trees)
    config.dialects = known_dialects
    config.recipe_folders = paths.folders("recipes")
    mistakes += unresolved.values()
    wrong |= unresolved.keys()
    if machine:
        findings = check.topology(config, wrong, draft.complete)
        mistakes += [check.place(draft.sources, key, text) for key, text in findings]
    if mistakes:
        raise ConfigError(list(dict.fromkeys(mistakes)))
    return config


def _read(overrides: Sequence[str]) -> _Draft:
    draft, repository = _Draft(), _Repository()
    parsed = [one for text in overrides if (one := _parse(text, repository, draft)) is not None]
    for default in _defaults(parsed, repository, draft):
        if source := _source_of_file(default, repository):
            draft.sources.append(source)
    for override in parsed:
        if not (override.is_hydra_override() or _chooses(override, repository)):
            _add(override, draft)
    draft.mistakes += repository.mistakes
    draft.complete &= not repository.absent
    return draft


def _parse(text: str, repository: _Repository, draft: _Draft) -> Override | None:
    """One argument; None, and a mistake, for one that Hydra could not take."""
    try:
        override = OverridesParser.create().parse_override(text)
        if not override.is_sweep_override():
            OmegaConf.create({"": override.value()})  # reads its interpolations
    except (HydraException, GrammarParseError) as error:
        draft.mistakes.append(Mistake(f"{text}: {_unreadable(text, error)}"))
        return None
    if override.is_sweep_override():
        value = text.partition("=")[2]
        advice = f"a list is written [{value}], alternatives need --multirun"
        draft.mistakes.append(Mistake(f"{text}: commas make alternatives; {advice}"))
        return None
    choice, options = override.value(), repository.get_group_options(override.key_or_group)
    if _chooses(override, repository) and not (override.is_delete() or _are_names(choice)):
        text = f"{text}: choose files by name; {hint(choice, options)}"
        draft.mistakes.append(Mistake(text))
        draft.complete = False
        return None
    return override


def _unreadable(text: str, error: Exception) -> str:
    if "=" not in text and not text.startswith("~"):
        return "is no KEY=VALUE, such as server.port=9000"
    advice = "quote special characters, such as 'key=\"a value\"'"
    return f"cannot be read ({_first_line(error)}); {advice}"


def _chooses(override: Override, repository: _Repository) -> bool:
    """True for an argument like models=tiny, that chooses files and sets no value itself."""
    is_group: bool = repository.group_exists(override.key_or_group)
    return is_group and not isinstance(override.value(), dict)


def _are_names(choice: object) -> bool:
    names = choice if isinstance(choice, list) else [choice]
    return all(isinstance(name, str) and not is_interpolation(name) for name in names)


def _defaults(
    overrides: list[Override], repository: _Repository, draft: _Draft
) -> list[ResultDefault]:
    """Hydra's list of what is composed, in order, without what is not there."""
    while True:
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                found = create_defaults_list(repository, ROOT, overrides, True, False)
            texts = [_first_line(warning.message) for warning in caught]  # as when _self_ lacks
            draft.mistakes += [Mistake(text, repository.file(ROOT)) for text in texts]
            return list(found.defaults)
        except MissingConfigException as error:
            missing = str(error.missing_cfg_file)
            draft.mistakes.append(_absent(missing, overrides, repository))
            repository.absent.add(missing)
        except (HydraException, ValueError) as error:
            draft.mistakes.append(Mistake(_first_line(error)))
            draft.complete = False
            return []


def _absent(config_path: str, overrides: list[Override], repository: _Repository) -> Mistake:
    """The mistake of choosing a file that is not there: on the command line, or in a file."""
    group, _, name = config_path.rpartition("/")
    text = _choices(group, name, repository)
    for override in overrides:
        choices = override.value()
        for choice in choices if isinstance(choices, list) else [choices]:
            if f"{override.key_or_group}/{choice}" == config_path:
                return Mistake(f"{override.input_line}: {text}")
    for file in map(repository.file, repository.loaded):
        defaults = Source(_yaml_tree(file)).find(("defaults",))
        if defaults and (line := _line_of(name, defaults)):
            return Mistake(f"defaults: {text}", file, line)
    return Mistake(text)


def _choices(group: str, name: object, repository: _Repository) -> str:
    options = repository.get_group_options(group)
    return f"there is no {group}/{name}.yaml; {hint(name, options)}"


def _line_of(value: str, node: Node) -> int | None:
    """The line of the first scalar `value` in a tree."""
    if node.value == value:
        return node.line
    inner = node.value.values() if isinstance(node.value, dict) else node.value
    children = () if isinstance(inner, str) else inner
    return next((line for child in children if (line := _line_of(value, child))), None)


def _source_of_file(default: ResultDefault, repository: _Repository) -> Source | None:
    """What one file says about the run; None for Hydra's own and for the schema."""
    path = str(default.config_path)
    file = repository.file(path)
    if file is None or path.startswith("hydra/") or path in repository.absent:
        return None
    tree = _yaml_tree(file)
    if isinstance(tree.value, dict):
        settings = {
            key: node for key, node in tree.value.items() if key not in ("defaults", "hydra")
        }
        tree = Node(settings, tree.line)
    at = tuple(default.package.split(".")) if default.package else ()
    return Source(nest(at, tree), at, file)


def _yaml_tree(file: Path | None) -> Node:
    """A YAML file with the line of each value, read as OmegaConf reads it."""
    return Node({}) if file is None else read(file, get_yaml_loader())


def _add(override: Override, draft: _Draft) -> None:
    """Take in an argument that sets or removes a value."""
    key = tuple(override.key_or_group.split("."))
    argument = override.input_line
    if not override.is_delete():
        draft.sources.append(Source(nest(key, _nodes(override.value())), key, argument=argument))
    elif "=" in str(argument):
        draft.mistakes.append(Mistake(f"{argument}: ~ stands before a key alone, without a value"))
    elif key[:1] == ("models",) and len(key) == 2 and key[1] in draft.models():
        draft.removed.add(key[1])
    else:
        advice = hint(key[-1], draft.models())
        draft.mistakes.append(Mistake(f"{argument}: ~ removes models only; {advice}"))


def _nodes(value: Any) -> Node:
    if isinstance(value, dict):
        return Node({key: _nodes(child) for key, child in value.items()})
    return Node([_nodes(item) for item in value] if isinstance(value, list) else value)


def _assemble(draft: _Draft, trees: list[dict[str, Any]]) -> tuple[RunConfig, dict[Key, Mistake]]:
    """Merge the trees as Hydra does, without the interpolations that lead nowhere."""
    config, mistakes = _merge(draft, trees), dict[Key, Mistake]()
    for source, tree in zip(draft.sources, trees, strict=True):
        for key in list(interpolations(tree)):
            if found := _unresolved(config, source, key):
                mistakes[key] = found
                _drop(tree, key)
    return typed(_merge(draft, trees) if mistakes else config), mistakes


def _merge(draft: _Draft, trees: list[dict[str, Any]]) -> DictConfig:
    known = draft.models()
    config: DictConfig = OmegaConf.structured(RunConfig)
    for tree in trees:
        models = {name: spec for name, spec in tree.get("models", {}).items() if name in known}
        config.merge_with({**tree, "models": models})
    return config


def _unresolved(config: DictConfig, source: Source, key: Key) -> Mistake | None:
    """What is wrong with an interpolation: that it has no value, or an unfitting one."""
    node = source.find(key)
    if node is None or (key[0] == "models" and key[1] not in config.models):
        return None
    value: Any = config
    try:
        for part in key:
            value = value[part]
        value = OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value
    except (OmegaConfBaseException, RecursionError) as error:
        return source.mistake(key, _first_line(error), node.line)
    resolved = nest(key, _nodes(value))
    found, _ = examine(Source(resolved, source.at, source.file, source.argument))
    return found[0][1] if found else None


def _drop(tree: dict[str, Any], key: Key) -> None:
    for part in key[:-1]:
        tree = tree[part]
    del tree[key[-1]]


def typed(config: DictConfig) -> RunConfig:
    """The dataclasses of a composed configuration, with the paths made absolute."""
    run = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(RunConfig), config))
    assert isinstance(run, RunConfig)
    for spec in run.models.values():
        spec.path = _absolute(spec.path)
        spec.chat_template = _absolute(spec.chat_template)
        spec.draft.path = _absolute(spec.draft.path)
    run.server.log_dir = _absolute(run.server.log_dir)
    return run


def _absolute(path: str | None) -> str | None:
    return None if path is None else str(Path(path).expanduser().absolute())


def simplify(override: str) -> str:
    """`+models=x` -> `models=x`: Hydra's + adds what is not there, and all of RunConfig is.

    And `path=~/x` -> `path=/home/me/x`: shells leave that ~ alone, and Hydra cannot read it.
    """
    keys = "|".join(field.name for field in fields(RunConfig))
    override = re.sub(rf"^\+{{1,2}}(?=({keys})[.=])", "", override)
    return override.replace("=~/", f"={Path.home()}/", 1)


def jobs(overrides: Sequence[str]) -> list[list[str]]:
    """The arguments of each job of a --multirun, as Hydra's own sweeper splits them."""
    parser = OverridesParser.create(ConfigLoaderImpl(_search_path()))
    parsed, unreadable = [], []
    for text in overrides:
        try:
            parsed += parser.parse_overrides([text])
        except HydraException:
            unreadable.append(text)  # `compose` says why, with all else that is wrong
    discrete = [one for one in parsed if one.value_type is not ValueType.INTERVAL_SWEEP]
    (batch,) = BasicSweeper.split_arguments(discrete, None)
    return [[*job, *unreadable] for job in batch]


def check_all(jobs: Iterable[Sequence[str]], *, machine: bool) -> None:
    """Compose every job of a run before the first begins; raises ConfigError."""
    mistakes: list[Mistake] = []
    for job in jobs:
        try:
            compose(job, machine=machine)
        except ConfigError as error:
            mistakes += error.mistakes
    if mistakes:
        raise ConfigError(list(dict.fromkeys(mistakes)))


def models(overrides: Sequence[str]) -> list[str]:
    """The names of the models that are composed, right or wrong."""
    return sorted(_read(overrides).models())


def choices(group: str) -> list[str]:
    """The files of a group, such as `models`."""
    return list(_Repository().get_group_options(group))


def launch(arguments: Sequence[str], task: Callable[[RunConfig], int]) -> int:
    """Hand over to Hydra, which calls `task` for each job; the worst exit code of them."""
    codes: list[int] = []
    errors: list[GallamaError] = []

    def job(config: DictConfig) -> None:
        try:
            run = typed(config)
            run.dialects, run.recipe_folders = dialects.load(), paths.folders("recipes")
            codes.append(task(run))
        except GallamaError as error:  # Hydra would print its own report of it
            errors.append(error)

    os.environ["HYDRA_FULL_ERROR"] = "1"  # its exceptions come here, not its own report of them
    sys.argv[1:] = arguments
    try:
        main(version_base="1.3", config_path=str(paths.shipped("conf")), config_name=ROOT)(job)()
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError([Mistake(_first_line(error))]) from error
    if errors:
        raise errors[0]
    return max(codes, default=0)


def _first_line(error: BaseException | str) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
