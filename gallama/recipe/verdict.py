"""What `gallama check` found out about one recipe: shared with who prints it."""

from dataclasses import dataclass, field

from gallama.errors import Mistake


@dataclass
class Verdict:
    """What came of one recipe. `holds`: the fields that say what a reply may be; `tried`: replies
    that were accepted and rejected as they should; `seconds`: to compile it all and try them."""

    recipe: str
    holds: tuple[str, ...] = ()
    tried: tuple[int, int] = (0, 0)
    seconds: float = 0.0
    mistakes: list[Mistake] = field(default_factory=list)
