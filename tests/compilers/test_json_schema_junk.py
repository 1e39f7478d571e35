"""Whatever stands behind a keyword, a schema compiles or is refused by name."""

import contextlib
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import compilers
from compilers.frontends.json_schema.vocabulary import KNOWN

JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.sampled_from([0, -1, 3, 1.5, 1e300, 10**30, float("inf"), float("nan"), 1e-320]),
        st.sampled_from(["", "a", "#", "#/", "#/$defs/a", "(", "^a", "string", "x/y#z", "\ud800"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(["a", *sorted(KNOWN)]), inner, max_size=3),
    ),
    max_leaves=8,
)
SCHEMAS = st.dictionaries(st.sampled_from(sorted(KNOWN)), JUNK, min_size=1, max_size=4)


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(SCHEMAS)
def test_junk(schema: Any) -> None:
    with contextlib.suppress(compilers.CompileError):
        compilers.emit(compilers.json_schema(schema), "llguidance")
