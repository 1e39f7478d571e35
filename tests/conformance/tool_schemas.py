"""Tools with schemas of many kinds, for tests that need some."""

from typing import Any

STRING = {"type": "string"}
PLACE = {"$ref": "#/$defs/place"}

# name: what its arguments must be
SCHEMAS: dict[str, dict[str, Any]] = {
    "get_weather": {
        "type": "object",
        "properties": {"city": STRING, "unit": {"enum": ["celsius", "fahrenheit"]}},
        "required": ["city"],
    },
    "enter_codes": {
        "type": "object",
        "properties": {
            "codes": {
                "type": "array",
                "items": {"type": "string", "pattern": "^[A-Z]{2}[0-9]$"},
                "minItems": 1,
                "maxItems": 3,
            },
            "where": PLACE,
        },
        "required": ["codes", "where"],
        "additionalProperties": False,
        "$defs": {"place": {"enum": ["door", "safe"]}},
    },
    "ring_bell": {"type": "object", "properties": {}, "additionalProperties": False},
    "set_timer": {
        "type": "object",
        "properties": {
            "minutes": {"type": "integer", "minimum": 1, "maximum": 90},
            "label": {"type": ["string", "null"], "maxLength": 12},
            "loud": {"type": "boolean"},
        },
        "required": ["minutes", "label", "loud"],
        "additionalProperties": False,
    },
    "find_user": {
        "type": "object",
        "anyOf": [{"required": ["id"]}, {"required": ["email"]}],
        "properties": {
            "id": {"type": "integer"},
            "email": {"type": "string", "pattern": "^[a-z]{1,8}@[a-z]{1,8}\\.org$"},
        },
        "additionalProperties": False,
    },
    "draw": {
        "type": "object",
        "properties": {
            "shape": {
                "oneOf": [
                    {
                        "type": "object",
                        "properties": {"kind": {"const": "circle"}, "r": {"type": "number"}},
                        "required": ["kind", "r"],
                        "additionalProperties": False,
                    },
                    {
                        "type": "object",
                        "properties": {
                            "kind": {"const": "path"},
                            "points": {
                                "type": "array",
                                "items": {
                                    "type": "array",
                                    "prefixItems": [{"type": "integer"}, {"type": "integer"}],
                                    "items": False,
                                    "minItems": 2,
                                },
                                "maxItems": 4,
                            },
                        },
                        "required": ["kind", "points"],
                        "additionalProperties": False,
                    },
                ]
            }
        },
        "required": ["shape"],
    },
    "tag": {
        "type": "object",
        "patternProperties": {"^x-[a-z]{1,3}$": {"type": "integer"}},
        "additionalProperties": False,
        "maxProperties": 3,
    },
    "book": {
        "type": "object",
        "properties": {
            "day": {"type": "string", "format": "date"},
            "time": {"type": "string", "format": "time"},
            "guests": {"type": "array", "items": STRING, "minItems": 1, "maxItems": 3},
        },
        "required": ["day", "guests"],
        "additionalProperties": False,
    },
    "file": {
        "type": "object",
        "properties": {"tree": {"$ref": "#/$defs/node"}},
        "required": ["tree"],
        "additionalProperties": False,
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 8},
                    "inside": {"type": "array", "items": {"$ref": "#/$defs/node"}, "maxItems": 2},
                },
                "required": ["name"],
                "additionalProperties": False,
            }
        },
    },
    "note": {"type": "object", "properties": {"any": {}}, "required": ["any"]},
    "label": {
        "type": "object",
        "properties": {
            "labels": {
                "type": "array",
                "items": {"type": "string", "pattern": "^[ab]{1,2}$"},
                "uniqueItems": True,
                "minItems": 4,
            },
            "places": {"type": "array", "items": {"type": "integer"}, "uniqueItems": True},
        },
        "required": ["labels"],
        "additionalProperties": False,
    },
}

TOOLS: list[dict[str, Any]] = [
    {"type": "function", "function": {"name": name, "parameters": schema}}
    for name, schema in SCHEMAS.items()
]
