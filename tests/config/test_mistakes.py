"""Every mistake of a configuration, in one line each. A case: an argument or a file, a line."""

import re
from pathlib import Path

import pytest

from gallama import registry
from gallama.config import paths
from gallama.config.compose import check_all, compose, jobs, simplify
from gallama.errors import ConfigError
from tests.config.conftest import write


@pytest.fixture(autouse=True)
def shipped_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny model is there, and so is what runs it, whatever this machine has."""
    write(tmp_path / "shipped/tiny.gguf", "GGUF and so on")
    real = paths.shipped
    monkeypatch.setattr(
        paths, "shipped", lambda name: tmp_path / name if name.startswith("shipped") else real(name)
    )
    monkeypatch.setattr(registry, "find_spec", lambda name: name)


def mistakes(*arguments: str) -> list[str]:
    try:
        compose([simplify(argument) for argument in arguments])
    except ConfigError as error:
        return [str(mistake) for mistake in error.mistakes]
    return []


ARGUMENTS = [
    # a file that is not there
    ("models=tinny", "there is no models/tinny.yaml; did you mean 'tiny'?"),
    ("models=[tiny,scriptd]", "there is no models/scriptd.yaml; did you mean 'scripted'?"),
    ("server=lan", "there is no server/lan.yaml; there is only 'default'"),
    ("models=null", "choose files by name; *"),
    ("models=7", "choose files by name; *"),
    # a key that is not there
    ("servr.port=1", "servr: no such key; did you mean 'server'?"),
    ("+model=tiny", "no such key; did you mean 'models'?"),
    ("server.prot=1", "no such key; did you mean 'port'?"),
    ("server={prot:1}", "server.prot: no such key; did you mean 'port'?"),
    ("models.tinny.slots=1", "models.tinny: no such model; did you mean 'tiny'?"),
    ("models.tiny.slot=1", "no such key; did you mean 'slots'?"),
    ("models.tiny.sampling.temprature=1", "no such key; did you mean 'temperature'?"),
    ("models.tiny.llama_cpp={thread:1}", "models.tiny.llama_cpp.thread: no such key; *'threads'?"),
    ("server.zzz=1", "no such key; there are drain_seconds, heartbeat_seconds, host, *"),
    ("~models.tinny", "~ removes models only; did you mean 'tiny'?"),
    ("~server.port", "~ removes models only; *"),
    ("~models.tiny=1", "~ stands before a key alone, without a value"),
    # a value of the wrong kind
    ("server.port=http", "must be a whole number from 0 to 65535, not 'http'"),
    ("server.port='80'", "must be a whole number from 0 to 65535, not '80'"),
    ("server.port=80.5", "must be a whole number from 0 to 65535, not 80.5"),
    ("server.port=true", "must be a whole number from 0 to 65535, not true"),
    ("server.port=null", "must be a whole number from 0 to 65535, not nothing"),
    ("server.port=[80]", "must be a whole number from 0 to 65535, not a list"),
    ("server.port=", "must be a whole number from 0 to 65535, not ''"),
    ("server=null", "choose files by name; there is only 'default'"),
    ("server.host=7", "must be text, not 7: put it in quotes"),
    ("server.max_body_mb=big", "must be a number above 0, not 'big'"),
    ("models.tiny.slots=yes", "must be a whole number from 1 to 256, not 'yes'"),
    ("models.tiny.aliases=a", "must be a list in [], not 'a'"),
    ("models.tiny.aliases=[a,1]", "must be text, not 1: put it in quotes"),
    ("models.tiny.llama_cpp.mmap=1", "must be true or false, not 1"),
    ("models.tiny.llama_cpp=fast", "must be a section of settings, not 'fast'"),
    ("models.tiny=null", "must be a section of settings, not nothing"),
    ("models.tiny.scripted.replies=[a]", "must be names with their values, not 'a'"),
    ("models.tiny.backend=llamacpp", "'llamacpp' is not one of the choices; *'llama_cpp'?"),
    ("models.tiny.backend=1", "1 is not one of the choices; there are exllamav2, *"),
    ("models.tiny.cache_quant=q4", "'q4' is not one of the choices; did you mean 'Q4'?"),
    ("server.log_level=wrning", "'wrning' is not one of the choices; did you mean 'warning'?"),
    # a number out of its range
    ("server.port=70000", "must be a whole number from 0 to 65535, not 70000"),
    ("server.port=-1", "must be a whole number from 0 to 65535, not -1"),
    ("server.drain_seconds=-0.1", "must be a number of at least 0, not -0.1"),
    ("server.heartbeat_seconds=0", "must be a number above 0, not 0"),
    ("server.max_body_mb=inf", "must be a number above 0, not inf"),
    ("server.max_body_mb=nan", "must be a number above 0, not nan"),
    ("models.tiny.slots=0", "must be a whole number from 1 to 256, not 0"),
    ("models.tiny.replicas=0", "must be a whole number of at least 1, not 0"),
    ("models.tiny.max_seq_len=0", "must be a whole number of at least 1, not 0"),
    ("models.tiny.llama_cpp.prefill_chunk=513", "must be a whole number from 1 to 512, not 513"),
    ("models.tiny.llama_cpp.gpu_layers=-2", "must be a whole number of at least -1, not -2"),
    ("models.tiny.sampling.top_p=1.1", "must be a number from 0 to 1, not 1.1"),
    ("models.tiny.cache_size=8191", "must be at least 8192 (slots x max_seq_len, *), not 8191"),
    # a text that cannot be read
    ("foo", "is no KEY=VALUE, such as server.port=9000"),
    ("server.port", "is no KEY=VALUE, such as server.port=9000"),
    ("server. port=1", "cannot be read (*); quote special characters, such as 'key=\"a value\"'"),
    ("server.host=(", "cannot be read (*); quote special characters, *"),
    ("server.port=1,2", "commas make alternatives; a list is written [1,2], *"),
    ("server.port=range(3)", "commas make alternatives; *"),
    # an interpolation that leads nowhere, or to something else
    ("server.port=${servr.port}", "Interpolation key 'servr.port' not found"),
    ("server.port=${oc.env:NOT_SET}", "*Environment variable 'NOT_SET' not found*"),
    ("server.port=${server.host}", "*'127.0.0.1'*could not be converted to Integer"),
    ("server.port=${server.prot}", "Interpolation key 'server.prot' not found"),
    ("models.tiny.slots=${shippd:x}", "Unsupported interpolation type shippd"),
    ("models.tiny.replicas=${oc.decode:'0'}", "must be a whole number of at least 1, not 0"),
    ("models.tiny.aliases=['${oc.env:NOT_SET}']", "*Environment variable 'NOT_SET' not found*"),
    ("models.tiny.slots=${models.tiny.replicas} models.tiny.replicas=${models.tiny.slots}", "*"),
    ("server=${launcher}", "choose files by name; there is only 'default'"),
    ("server.host='${no'", "cannot be read (*); quote special characters, *"),
    ("models.tiny=${server}", "must be a section of settings, not '${server}'"),
    ("models.tiny.llama_cpp=${server}", "must be a section of settings, not '${server}'"),
    # what no machine has
    ("models.tiny.path=/nope.gguf", "there is no file /nope.gguf"),
    ("models.tiny.path=null", "is missing: give a GGUF file"),
    ("models.tiny.chat_template=/nope.jinja", "there is no file /nope.jinja"),
    ("server.host=''", "must be an address, such as 127.0.0.1, not ''"),
    ("launcher=ray", "ray is not in this version of gallama"),
    ("models=[]", "models: there is no model to run; choose one, such as models=tiny"),
    # settings that the backend does not heed
    ("models.tiny.cache_quant=Q8", "llama_cpp does not support this*; leave it at 'FP16'"),
    ("models.tiny.draft.path=/d", "llama_cpp does not support this in this version; remove it"),
    ("models.tiny.draft={path:/d}", "models.tiny.draft.path: llama_cpp does not support this*"),
    ("models.tiny.gpus=[1]", "llama_cpp does not support this*; leave it at 'auto'"),
    ("models.tiny.scripted.step_seconds=1", "llama_cpp does not support this*; leave it at 0.0"),
    ("models.tiny.scripted.replies=[{say:a}]", "llama_cpp does not support this*; remove it"),
    # recipes
    ("recipe=cott", "there is no recipe 'cott'; did you mean 'cot'?"),
    ("models.tiny.recipe=nope", "there is no recipe 'nope'; there are bullets, *"),
    ("models.tiny.recipe=5", "must be text, not 5: put it in quotes"),
    # names
    ("models.tiny.aliases=[tiny]", "'tiny' is the name of a model already; choose another alias"),
    ("models.tiny.aliases=[a,a]", "'a' is given more than once; each alias leads to one model"),
    ("models.tiny.aliases=[a@b]", "'a@b' cannot be the name of a model: use *"),
    ("models.tiny.aliases=['']", "'' cannot be the name of a model: use *"),
    ("models.tiny.aliases=[/a]", "'/a' cannot be the name of a model: use *"),
    ("models.tiny.aliases=[a/]", "'a/' cannot be the name of a model: use *"),
    ("models.tiny.aliases=['a b']", "'a b' cannot be the name of a model: use *"),
]


@pytest.mark.parametrize(("argument", "expected"), ARGUMENTS, ids=[case[0] for case in ARGUMENTS])
def test_one_wrong_argument_is_one_line(argument: str, expected: str) -> None:
    (line,) = mistakes(argument)
    if not expected.startswith("models: "):
        assert line.startswith(f"{argument}: ")
        line = line.removeprefix(f"{argument}: ")
    assert matches(line, expected), line


def matches(line: str, expected: str) -> bool:
    """`*` stands for any text."""
    return re.fullmatch(".*".join(map(re.escape, expected.split("*"))), line) is not None


FILES = [
    ("mine: {pth: /x}", "conf/models/mine.yaml:1: models.mine.pth: no such key; *'path'?"),
    ("mine:\n  slots: many", "conf/models/mine.yaml:2: models.mine.slots: must be a whole number*"),
    ("mine:\n  slots: 1.5", "conf/models/mine.yaml:2: models.mine.slots: *, not 1.5"),
    ("mine:\n  backend: lama_cpp", "conf/models/mine.yaml:2: models.mine.backend: *'llama_cpp'?"),
    ("mine:\n\n  slots: 0", "conf/models/mine.yaml:3: models.mine.slots: *from 1 to 256, not 0"),
    ("mine:\n  scripted:", "conf/models/mine.yaml:2: models.mine.scripted: must be a section*"),
    ("mine:\n  aliases: [a, 1]", "conf/models/mine.yaml:2: models.mine.aliases: *text, not 1*"),
    (
        "mine: [1]",
        "conf/models/mine.yaml:1: models.mine: must be a section of settings*",
    ),
    ("- mine", "conf/models/mine.yaml:1: models: must be names with their values, not a list"),
    ("mine: {backend: scripted}\ntrue: {}", "conf/models/mine.yaml:2: models: the name true*"),
    ("1: {}", "conf/models/mine.yaml:1: models: the name 1 must be text: put it in quotes"),
    ("mine: {", "conf/models/mine.yaml:1: is not YAML: *"),
    ("mine: {}\n mine: {}", "conf/models/mine.yaml:2: is not YAML: *"),
    ("mine: {}\nmine: {}", "conf/models/mine.yaml:2: is not YAML: found duplicate key mine"),
    ("mine: !python/object:os.system {}", "conf/models/mine.yaml:1: is not YAML: *"),
    ("only text", "conf/models/mine.yaml:1: models: must be names with their values*"),
    ("a b:\n  backend: scripted", "conf/models/mine.yaml:1: models.a b: 'a b' cannot be*"),
    ("a@b:\n  backend: scripted", "conf/models/mine.yaml:1: models.a@b: 'a@b' cannot be*"),
    ("a#2:\n  backend: scripted", "conf/models/mine.yaml:1: models.a#2: 'a#2' cannot be*"),
    ("/a:\n  backend: scripted", "conf/models/mine.yaml:1: models./a: '/a' cannot be*"),
    ("mine:\n  path: ???", "conf/models/mine.yaml:2: models.mine.path: is missing*"),
    ("mine: {}", "conf/models/mine.yaml:1: models.mine.path: is missing: give a GGUF file"),
    ("mine:\n  path: /no/such", "conf/models/mine.yaml:2: models.mine.path: there is no file*"),
    ("mine:\n  path: ${no:x}", "conf/models/mine.yaml:2: models.mine.path: Unsupported*"),
    ("mine:\n  path: ${no", "conf/models/mine.yaml:2: mine.path: *"),
    ("mine:\n  path: ${oc.env:", "conf/models/mine.yaml:2: is not YAML: *"),
    ("${server}", "conf/models/mine.yaml:1: models: must be names with their values*"),
    ("mine: &mine\n  scripted: *mine", "conf/models/mine.yaml: cannot be read: *"),
    ("mine:\n  path: " + "x" * 300, "conf/models/mine.yaml:2: *cannot be read: File name too*"),
    ("mine:\n  path: .", "conf/models/mine.yaml:2: models.mine.path: */here is a folder; *"),
    ("mine:\n  path: note.txt", "conf/models/mine.yaml:2: *note.txt is no GGUF file: *"),
    ("mine:\n  path: note.tx", "conf/models/mine.yaml:2: *; did you mean 'note.txt'?"),
    (
        "mine:\n  backend: scripted\n  path: /x",
        "conf/models/mine.yaml:3: models.mine.path: scripted does not support this*; remove it",
    ),
    (
        "mine:\n  backend: exllamav2\n  path: note.txt",
        "conf/models/mine.yaml:3: *note.txt is a file; this backend reads a folder with*",
    ),
    (
        "mine:\n  backend: exllamav2\n  path: .",
        "conf/models/mine.yaml:3: *here has no config.json: no model is there",
    ),
    (
        "mine:\n  backend: exllamav2\n  path: model\n  draft:\n    gpus: [1]",
        "conf/models/mine.yaml:4: models.mine.draft.path: is missing: give the model that drafts",
    ),
    (
        "mine:\n  backend: exllamav2\n  path: model\n  draft: {path: nope}",
        "conf/models/mine.yaml:4: models.mine.draft.path: there is no folder */nope",
    ),
    (
        "mine:\n  backend: exllamav2\n  path: model\n  gpus: all",
        "conf/models/mine.yaml:4: models.mine.gpus: must be auto or a list of GB*, not 'all'",
    ),
    (
        "mine:\n  backend: exllamav2\n  path: model\n  gpus: [20, -1, x]",
        "conf/models/mine.yaml:4: models.mine.gpus: must be auto*of at least 0, not -1, 'x'",
    ),
    (
        "mine:\n  backend: exllamav2\n  path: model\n  gpus: [0, 0]",
        "conf/models/mine.yaml:4: models.mine.gpus: must be auto*with one above 0 at least",
    ),
    (
        "mine:\n  backend: scripted\n  scripted:\n    replies:\n      - {when: a, sya: b}",
        "conf/models/mine.yaml:4: *reply 1 has no key 'sya'; did you mean 'say'?",
    ),
    (
        "mine:\n  backend: scripted\n  scripted:\n    replies:\n      - {when: a}",
        "conf/models/mine.yaml:4: *reply 1 lacks 'say', the text to answer with",
    ),
    (
        "mine:\n  backend: scripted\n  scripted:\n    replies:\n      - {when: (, say: b}",
        "conf/models/mine.yaml:4: *reply 1: 'when' is not a regular expression: *",
    ),
    (
        "a: {backend: scripted, aliases: [x]}\nb: {backend: scripted, aliases: [y, x]}",
        "conf/models/mine.yaml:2: models.b.aliases: 'x' is given more than once; *",
    ),
    (
        "a: {backend: scripted, aliases: [b]}\nb: {backend: scripted}",
        "conf/models/mine.yaml:1: models.a.aliases: 'b' is the name of a model already; *",
    ),
]


@pytest.mark.parametrize(("text", "expected"), FILES, ids=[case[0] for case in FILES])
def test_a_wrong_file_is_told_with_its_line(text: str, expected: str, folder: Path) -> None:
    write(folder / "note.txt", "no model")
    write(folder / "model/config.json", "{}")
    write(folder / "conf/models/mine.yaml", text)
    lines = [line for line in mistakes("models=mine") if "not in this version" not in line]
    assert any(matches(line, expected) for line in lines), lines
    assert len(lines) == 1 or "more than once" in expected, lines


def test_all_mistakes_come_at_once(folder: Path) -> None:
    write(folder / "conf/models/mine.yaml", "mine:\n  path: /nope.gguf\n  slots: many")
    write(folder / "conf/server/mine.yaml", "prot: 1\nhost: 7")
    assert mistakes(
        "models=[mine,tiny,qwen]", "server=mine", "server.prt=2", "models.tinny.slots=1", "oops"
    ) == [
        "oops: is no KEY=VALUE, such as server.port=9000",
        "models=[mine,tiny,qwen]: there is no models/qwen.yaml; did you mean 'qwen72b_spec'?",
        "conf/models/mine.yaml:3: models.mine.slots: must be a whole number from 1 to 256,"
        " not 'many'",
        "conf/server/mine.yaml:1: server.prot: no such key; did you mean 'port'?",
        "conf/server/mine.yaml:2: server.host: must be text, not 7: put it in quotes",
        "server.prt=2: no such key; did you mean 'port'?",
        "conf/models/mine.yaml:2: models.mine.path: there is no file /nope.gguf",
    ]


FOLLOWING = [
    ("a model that is not there", ["models=tinny", "models.tiny.slots=1"], 1),
    ("a backend that is not there", ["models.tiny.backend=exlama", "models.tiny.path=null"], 1),
    ("a misspelt path", ["models=gguf", "models.gguf.pth=/x"], 1),
    ("a path that is nowhere", ["models=gguf", "models.gguf.path=${no.where}"], 1),
    ("a choice that is none", ["models=null", "models.tiny.slots=1"], 1),
    ("the same argument twice", ["server.prot=1", "server.prot=1"], 1),
    ("a name, and a file", ["models.tinny.slots=1", "models.tiny.path=/nope"], 2),
    ("two keys of one model", ["models.tiny.slot=1", "models.tiny.path=/nope"], 2),
]


@pytest.mark.parametrize(("arguments", "count"), [case[1:] for case in FOLLOWING])
def test_what_only_follows_from_a_mistake_is_not_told(arguments: list[str], count: int) -> None:
    lines = mistakes(*arguments)
    assert len(lines) == count, lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "defaults:\n  - run_config\n  - models: tinny",
            "conf/run.yaml:3: defaults: there is no models/tinny.yaml; did you mean 'tiny'?",
        ),
        (
            "defaults:\n  - models:\n    - tiny\n    - tinny",
            "conf/run.yaml:4: defaults: there is no models/tinny.yaml; did you mean 'tiny'?",
        ),
        ("- models: tiny", "conf/run.yaml:1: must be a section of settings, not a list"),
        ("defaults: {models: tiny}", "conf/run.yaml: cannot be read: *defaults must be a list*"),
        (
            "defaults: [models: tiny, _self_]\nservr: {}",
            "conf/run.yaml:2: servr: no such key; did you mean 'server'?",
        ),
        (
            "defaults: [models: tiny]\nserver: {}",
            "conf/run.yaml: In 'run': Defaults list is missing `_self_`. *",
        ),
        (
            "defaults: [models: tiny, _self_]\nmodels:\n  tiny:\n    slots: 0",
            "conf/run.yaml:4: models.tiny.slots: must be a whole number from 1 to 256, not 0",
        ),
    ],
)
def test_a_wrong_run_of_the_users_own(text: str, expected: str, folder: Path) -> None:
    write(folder / "conf/run.yaml", text)
    (line,) = mistakes()
    assert matches(line, expected), line


def test_a_broken_file_does_not_hide_the_others(folder: Path) -> None:
    write(folder / "conf/models/a.yaml", "a: {")
    write(folder / "conf/models/b.yaml", "b: {slts: 1, backend: scripted}")
    assert [line.partition(": ")[0] for line in mistakes("models=[a,b]", "server.prot=1")] == [
        "conf/models/a.yaml:1",
        "conf/models/b.yaml:1",
        "server.prot=1",
    ]


def test_an_extra_that_is_not_installed_is_told_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda name: None)
    (line,) = mistakes()
    text = "llama_cpp needs llama_cpp, not installed here: pip install 'gallama[llama]'"
    assert line.endswith(f"conf/models/tiny.yaml:3: models.tiny.backend: {text}")


@pytest.mark.parametrize("backend", ["exllamav2", "infinity", "openai"])
def test_a_backend_that_is_planned_is_told_as_that(backend: str) -> None:
    lines = mistakes(f"models.tiny.backend={backend}")
    expected = f"{backend} is not in this version of gallama"
    assert f"models.tiny.backend={backend}: {expected}" in lines


def test_mistakes_of_a_sweep_are_told_once_before_it_begins() -> None:
    overrides = ["server.prot=1", "models.tiny.slots=0,1,many"]
    with pytest.raises(ConfigError) as caught:
        check_all(jobs(overrides), machine=True)
    assert [str(mistake) for mistake in caught.value.mistakes] == [
        "server.prot=1: no such key; did you mean 'port'?",
        "models.tiny.slots=0: must be a whole number from 1 to 256, not 0",
        "models.tiny.slots=many: must be a whole number from 1 to 256, not 'many'",
    ]


def test_what_depends_on_the_machine_can_be_left_out() -> None:
    config = compose(["models=qwen72b_spec"], machine=False)
    assert list(config.models) == ["qwen72b_spec"]


@pytest.mark.parametrize(
    ("recipe", "line"),
    [
        ("request: {}", "recipe=mine: recipes/mine.yaml: description: is missing: say in a"),
        ("a: [", "recipe=mine: recipes/mine.yaml:1: is not YAML: "),
        (
            "description: x\nmodel: judge\nrequest: {n: 1}",
            "recipe=mine: the recipe 'mine' is for the model 'judge' only",
        ),
    ],
)
def test_a_recipe_that_is_named_is_looked_at(recipe: str, line: str, folder: Path) -> None:
    write(folder / "recipes/mine.yaml", recipe)
    assert mistakes("recipe=mine")[0].startswith(line)
    assert mistakes("models.tiny.aliases=[judge]") == []
