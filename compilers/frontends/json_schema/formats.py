"""The values of `format` that are enforced, each from the RFC that JSON Schema 2020-12 names.

(Validation, section 7.3.) Where a grammar for models had better be strict, it is: no leap second,
no quoted local part in an e-mail address, no comment anywhere.
"""

from functools import lru_cache

from compilers.frontends.regex import whole
from compilers.regular import ANY, Expr, both, times

_DAY = (
    r"(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
_HOUR = r"(?:[01][0-9]|2[0-3])"
_TIME = rf"{_HOUR}:[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:[Zz]|[+-]{_HOUR}:[0-5][0-9])"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_H = r"[0-9A-Fa-f]{1,4}"
_LAST = rf"(?:{_H}:{_H}|{_IPV4})"  # RFC 3986, ls32
_IPV6 = "|".join(
    [rf"(?:{_H}:){{6}}{_LAST}", rf"::(?:{_H}:){{5}}{_LAST}"]
    + [rf"(?:{_H}(?::{_H}){{0,{k}}})?::(?:{_H}:){{{4 - k}}}{_LAST}" for k in range(5)]
    + [rf"(?:{_H}(?::{_H}){{0,5}})?::{_H}", rf"(?:{_H}(?::{_H}){{0,6}})?::"]
)

# RFC 3986, appendix A. {u}: what an IRI (RFC 3987) has besides.
_UNRESERVED = r"A-Za-z0-9._~\-"
_SUB = r"!$&'()*+,;="
_HEX = r"%[0-9A-Fa-f]{2}"


def _uri(other: str, relative: bool) -> str:
    char = rf"(?:[{_UNRESERVED}{_SUB}:@{other}]|{_HEX})"
    no_colon = rf"(?:[{_UNRESERVED}{_SUB}@{other}]|{_HEX})"
    user = rf"(?:(?:[{_UNRESERVED}{_SUB}:{other}]|{_HEX})*@)?"
    name = rf"(?:[{_UNRESERVED}{_SUB}{other}]|{_HEX})*"
    host = rf"(?:\[(?:{_IPV6})\]|{name})"
    authority = rf"//{user}{host}(?::[0-9]*)?(?:/{char}*)*"
    absolute = rf"/(?:{char}+(?:/{char}*)*)?"
    scheme = rf"[A-Za-z][A-Za-z0-9+.\-]*:(?:{authority}|{absolute}|{char}+(?:/{char}*)*|)"
    tail = rf"(?:\?(?:{char}|[/?])*)?(?:#(?:{char}|[/?])*)?"
    if not relative:
        return scheme + tail
    part = rf"(?:{authority}|{absolute}|{no_colon}+(?:/{char}*)*|)"
    return rf"(?:{scheme}|{part}){tail}"


_WIDE = r"\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF\u{10000}-\u{EFFFD}"
_DATE_PART = r"(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)"
_TIME_PART = r"T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)"
_POINTER = r"(?:/(?:[^~/]|~[01])*)*"

_PATTERNS = {
    "date": _DAY,
    "time": _TIME,
    "date-time": rf"{_DAY}[Tt]{_TIME}",
    "duration": rf"P(?:{_DATE_PART}(?:{_TIME_PART})?|{_TIME_PART}|[0-9]+W)",
    "email": rf"{_ATOM}(?:\.{_ATOM})*@{_HOST}",
    "hostname": _HOST,
    "ipv4": _IPV4,
    "ipv6": _IPV6,
    "uuid": r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}",
    "uri": _uri("", False),
    "uri-reference": _uri("", True),
    "iri": _uri(_WIDE, False),
    "iri-reference": _uri(_WIDE, True),
    "json-pointer": _POINTER,
    "relative-json-pointer": rf"(?:0|[1-9][0-9]*)(?:#|{_POINTER})",
}
_LONGEST = {"hostname": 253}


@lru_cache(maxsize=64)
def language(name: str) -> Expr | None:
    """The texts of a format; None for one that is not known, and so not enforced."""
    if name not in _PATTERNS:
        return None
    found = whole(_PATTERNS[name])
    return both(found, times(ANY, 0, _LONGEST[name])) if name in _LONGEST else found
