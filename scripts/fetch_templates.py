"""Fetch the real chat templates that llama-cpp-python's source distribution carries.

    python -m scripts.fetch_templates     -> build/templates/MODEL.jinja

What tests/conformance/chat_templates.py looks at. They are other people's: not for this repository.
"""

from pathlib import Path

from scripts import sdist

FOLDER = Path(__file__).resolve().parents[1] / "build" / "templates"


def fetch() -> list[Path]:
    """All of them, downloaded unless they are there."""
    if not any(FOLDER.glob("*.jinja")):
        FOLDER.mkdir(parents=True, exist_ok=True)
        with sdist.models() as (archive, folder):
            for member in archive:
                path = Path(member.name)
                if str(path.parent) == f"{folder}/templates" and path.suffix == ".jinja":
                    content = archive.extractfile(member)
                    assert content is not None
                    (FOLDER / path.name).write_bytes(content.read())
    return sorted(FOLDER.glob("*.jinja"))


if __name__ == "__main__":
    print(f"{len(fetch())} templates in {FOLDER}")
