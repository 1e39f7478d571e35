"""A schema document: its subschemas, each at its place, and what `$ref` means there.

JSON Schema 2020-12 Core, sections 8.2 (`$id`, `$anchor`, `$ref`) and 9.1; drafts 4 to 2019-09 where
they differ: `id`, `definitions`, `$recursiveRef`, and that nothing beside a `$ref` counts.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urljoin

from compilers.errors import CompileError, Malformed, TooLarge, Unsupported
from compilers.frontends.json_schema import drafts
from compilers.frontends.json_schema.contents import SILENT, Content, Contents
from compilers.frontends.json_schema.wellformed import check, check_numbers, check_texts
from compilers.ir import Note

MAX_DEPTH = 400
MAX_NODES = 200_000
MAX_REFS = 50  # one after the other, with nothing between
MAX_PLACES = 100  # that one note is given: copies within copies are more than anyone reads
_NUMBERS = (int, float)
_INDEX = re.compile("0|[1-9][0-9]{0,9}")
_OWN_NAMES = frozenset(["$id", "id"])
_BESIDE_REF = SILENT | {"$ref"}


Place = str | tuple[str | int, ...]
"""A JSON pointer; or the pointer of a schema, and the steps from there, as long as nobody asks."""


class Site:
    """A subschema, at the first place that has it: `root` is the resource that it belongs to,
    `content` what it says; `refers`: it has a `$ref`. Nothing changes one."""

    __slots__ = ("_place", "content", "refers", "root", "schema")

    def __init__(self, schema: Any, place: Place, root: Any, content: Content) -> None:
        self.schema = schema
        self.root = root
        self.content = content
        self.refers = not isinstance(schema, bool) and "$ref" in schema
        self._place = place

    @property
    def where(self) -> str:
        found = self._place
        if not isinstance(found, str):
            self._place = found = _pointer(found)
        return found

    def __repr__(self) -> str:
        return f"Site({self.where or '#'})"


def _pointer(place: Place) -> str:
    if isinstance(place, str):
        return place
    return "/".join((str(place[0]), *map(escape, place[1:])))


TRUE = Site(True, "", None, Content())
FALSE = Site(False, "", None, Content())


class Document:
    """The root of a schema, and the sites below it as they are asked for.

    Subschemas of one resource that say the same are one site.
    """

    def __init__(self, schema: Any) -> None:
        _check(schema)
        self._schema = schema
        self._contents = Contents()
        self._sites = {id(True): TRUE, id(False): FALSE}
        self._sites_by_content: dict[tuple[Content, int], Site] = {}
        self._copies: list[tuple[Site, Place]] = []
        self._targets: dict[tuple[int, str], Site] = {}
        self._index: dict[str, Any] | None = None
        self.draft = drafts.declared(schema)
        self._is_old = self.draft < drafts.LATEST
        self.ref_stands_alone = self.draft <= 7
        self.notes: list[Note] = []
        # No part of a document says the same as the whole.
        self.root = self._follow(self._site(schema, "", schema, Content()))

    def child(self, site: Site, schema: Any, *path: str | int) -> Site:
        """The subschema that is found at a path below a site."""
        found = self._sites.get(id(schema))
        if found is None:
            found = self._site(schema, (site.where, *path), site.root)
        return self._follow(found) if found.refers else found

    def _follow(self, site: Site) -> Site:
        """What a schema that is nothing but a `$ref` stands for, so that both are one."""
        for _ in range(MAX_REFS):
            schema = site.schema
            if not site.refers:
                return site
            if not self.ref_stands_alone and not _BESIDE_REF.issuperset(schema):
                return site
            try:
                site = self.resolve(site, schema["$ref"], "$ref")
            except CompileError as error:
                raise error.at(f"{site.where}/$ref") from error
        raise Unsupported("a schema that refers to itself", site.where, "$ref: circle")

    def _site(self, value: Any, place: Place, root: Any, content: Content | None = None) -> Site:
        """`content`: what it says, where that need not be found out."""
        found = self._sites.get(id(value))
        if found is not None:
            return found
        if not isinstance(value, dict):
            raise Malformed("a schema must be an object or a boolean", _pointer(place), "malformed")
        if not value:
            return TRUE
        content = content or self._contents.of(value)
        found = self._sites[id(value)] = self._by_content(content, value, place, root)
        if found.schema is not value:
            self._copies.append((found, place))
        return found

    def _by_content(self, content: Content, value: dict[str, Any], place: Place, root: Any) -> Site:
        own = root if _OWN_NAMES.isdisjoint(value) or not _identifier(value) else value
        key = content, id(own)
        found = self._sites_by_content.get(key)
        if found is None:
            found = self._sites_by_content[key] = self._new_site(content, value, place, own)
        return found

    def _new_site(self, content: Content, schema: dict[str, Any], place: Place, root: Any) -> Site:
        if self._is_old and (later := drafts.later(schema, self.draft)):
            schema, content = self._of_draft(schema, later, _pointer(place)), Content()
        site = Site(schema, place, root, content)
        if not content.well_formed:
            check(schema, site.where)
            content.well_formed = True
        return site

    def at_copies(self, notes: Iterable[Note]) -> Iterator[Note]:
        """Each at its place, and at those with the same content whose schemas are the same site:
        the first MAX_PLACES of them."""
        copies: dict[str, list[str]] = {}
        for site, place in self._copies:
            if site.where != (where := _pointer(place)):
                copies.setdefault(site.where, []).append(where)
        for note in notes:
            for where in _places(note.where, copies):
                yield Note(where, note.message)

    def _of_draft(
        self, schema: dict[str, Any], later: Collection[str], where: str
    ) -> dict[str, Any]:
        """Without the keywords that came later, which are noted."""
        for keyword in later:
            message = f"{keyword}: no keyword of draft {self.draft}, which the schema declares"
            self.notes.append(Note(f"{where}/{keyword}", message))
        return {keyword: value for keyword, value in schema.items() if keyword not in later}

    def made(self, site: Site, schema: dict[str, Any]) -> Site:
        """A schema put together from keywords of `site`."""
        if not schema:
            return TRUE
        return self._by_content(self._contents.of_new(schema), schema, site.where, site.root)

    def resolve(self, site: Site, ref: Any, keyword: str) -> Site:
        """The target of a reference at `site`."""
        if not isinstance(ref, str):
            raise Malformed(f"{keyword} must be a string", f"{site.where}/{keyword}", "malformed")
        address = id(site.root), ref
        found = self._targets.get(address)
        if found is None:
            found = self._targets[address] = self._target(site, ref, keyword)
        return found

    def _target(self, site: Site, ref: str, keyword: str) -> Site:
        if ref == "#" or ref.startswith("#/"):
            for root in (site.root, self._schema):
                found = self._pointed(root, ref[1:])
                if found is not None:
                    return found
        else:
            found = self._named(site, ref)
            if found is not None:
                return found
        where = f"{site.where}/{keyword}"
        known = "/" in ref.lstrip("#/") and not ref.startswith("#")
        kind = f"{keyword}: remote" if known else f"{keyword}: no target"
        raise Unsupported(f"{keyword}: nothing in this document is {ref!r}", where, kind)

    @property
    def has_dynamic_scope(self) -> bool:
        """Whether `$dynamicRef` may mean more than `$ref` would: several resources or anchors."""
        if self._index is None:
            self._index = _identifiers(self._schema)
        return len(self._index) > 3

    def _pointed(self, root: Any, pointer: str) -> Site | None:
        """RFC 6901. None: there is nothing."""
        value = root
        for step in pointer.split("/")[1:]:
            value = _step(value, unquote(step).replace("~1", "/").replace("~0", "~"))
            if value is None:
                return None
        known = self._sites.get(id(root))
        prefix = known.where if known is not None else ""
        return self._site(value, prefix + pointer, root)

    def _named(self, site: Site, ref: str) -> Site | None:
        if self._index is None:
            self._index = _identifiers(self._schema)
        base = self._base_of(site.root)
        full = _joined(base, ref)
        if full in self._index:
            value = self._index[full]
            return self._site(value, f"<{full}>" if value is not self._schema else "", value)
        start, _, fragment = full.partition("#")
        root = self._index.get(start)
        return self._pointed(root, fragment) if root is not None and "/" in fragment else None

    def _base_of(self, root: Any) -> str:
        assert self._index is not None
        return next((uri for uri, value in self._index.items() if value is root), "")


def _places(where: str, copies: Mapping[str, list[str]]) -> list[str]:
    """A place, and where it has been copied to with what it is part of; by where that is copied."""
    found = [where]
    for place in found:  # grows
        ends = [i for i, letter in enumerate(place) if letter == "/"] + [len(place)]
        for end in ends:
            for copy in copies.get(place[:end], ()):
                if len(found) == MAX_PLACES:
                    return found
                if copy + place[end:] not in found:
                    found.append(copy + place[end:])
    return found


def _step(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and _INDEX.fullmatch(step) and int(step) < len(value):
        return value[int(step)]
    return None


def escape(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _identifier(schema: dict[str, Any]) -> str | None:
    """The absolute or relative URI that a schema gives itself, if it does."""
    for keyword in ("$id", "id"):
        own = schema.get(keyword)
        if isinstance(own, str) and own and not own.startswith("#"):
            return own
    return None


def _joined(base: str, uri: str) -> str:
    """RFC 3986, section 5.2; what is no URI is a name all the same, of nothing else."""
    try:
        return urljoin(base, uri)
    except ValueError:
        return uri


def _identifiers(schema: Any) -> dict[str, Any]:
    """Every `$id` and anchor of a document, absolute."""
    found: dict[str, Any] = {}
    todo = [(schema, "")]
    while todo:
        value, base = todo.pop()
        if isinstance(value, list):
            todo.extend((each, base) for each in value)
        elif isinstance(value, dict):
            own = _identifier(value)
            if own:
                base = _joined(base, own).partition("#")[0]
                found.setdefault(base, value)
            for name in _anchors(value):
                found.setdefault(f"{base}#{name}", value)
            todo.extend((each, base) for key, each in value.items() if key not in ("enum", "const"))
    found.setdefault("", schema)
    return found


def _anchors(schema: dict[str, Any]) -> list[str]:
    found = [schema.get("$anchor"), schema.get("$dynamicAnchor")]
    found += [str(schema[k])[1:] for k in ("$id", "id") if str(schema.get(k, "")).startswith("#")]
    return [name for name in found if isinstance(name, str) and name]


def _check(schema: Any) -> None:
    """Limits on size and depth, before anything recurses; and whether all values are JSON's."""
    texts: list[str] = []
    numbers: list[float] = []
    level, depth, count = [schema], 0, 0
    while level:
        count += len(level)
        if depth > MAX_DEPTH:
            raise TooLarge(f"nested deeper than {MAX_DEPTH}", kind="depth")
        if count > MAX_NODES:
            raise TooLarge(f"more than {MAX_NODES} values", kind="size")
        below: list[Any] = []
        for value in level:
            if isinstance(value, str):
                texts.append(value)
            elif isinstance(value, dict):
                texts += map(str, value)  # its names
                below += value.values()
            elif isinstance(value, list):
                below += value
            elif isinstance(value, _NUMBERS):
                numbers.append(value)
        level, depth = below, depth + 1
    _check_values(schema, texts, numbers)


def _check_values(schema: Any, texts: list[str], numbers: list[float]) -> None:
    """Raises what is wrong with the texts or numbers of a schema, and where it is in it."""
    try:
        check_texts(texts)
        check_numbers(numbers)
    except CompileError as error:
        raise error.at(_first_wrong(schema)) from error


def _first_wrong(schema: Any) -> str:
    """Where the first text or number is that is none of JSON's; of a name, where its object is."""
    todo: list[tuple[str, Any]] = [("", schema)]
    for where, value in todo:  # grows
        try:
            if isinstance(value, _NUMBERS):
                check_numbers([value])
            elif isinstance(value, str | dict):
                check_texts([value] if isinstance(value, str) else list(map(str, value)))
        except CompileError:
            return where
        if isinstance(value, dict | list):
            named = value.items() if isinstance(value, dict) else enumerate(value)
            todo += ((f"{where}/{escape(name)}", each) for name, each in named)
    return ""
