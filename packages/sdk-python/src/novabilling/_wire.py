"""From Python values to the wire: names, amounts, instants."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from enum import Enum
from typing import Any, Dict, List, Mapping, Optional, Tuple, Union
from urllib.parse import quote

from pydantic import BaseModel

from .generated.wire_names import TABLES

Query = List[Tuple[str, Union[str, int, float, bool, None]]]
"""The parameters of a query, in the type httpx2 takes."""

MoneyInput = Union[Decimal, int, float, str]
"""An amount in major units. A Decimal travels as a string, so no digit of it is lost."""


class NotGiven(Enum):
    """The type of an argument that was left out, which is not the same as None: None clears a field."""

    NOT_GIVEN = "NOT_GIVEN"


NOT_GIVEN = NotGiven.NOT_GIVEN


def renamed(value: Any, table: str) -> Any:
    """Dictionaries with the keys the wire knows them by: ``unit_price`` becomes ``unitPrice``.

    Keys that are not in the table stay as they are, so that the server can name them in its refusal.
    """
    if isinstance(value, BaseModel):
        return value
    if isinstance(value, Mapping):
        fields = TABLES.get(table, {})
        result: Dict[str, Any] = {}
        for key, part in value.items():
            wire_name, inner = fields.get(key, (key, None))
            result[wire_name] = part if inner is None else renamed(part, inner)
        return result
    if isinstance(value, (list, tuple)):
        return [renamed(part, table) for part in value]
    return value


def body_of(fields: Mapping[str, Any]) -> Dict[str, Any]:
    """A JSON body of what was given."""
    return {name: _plain(value) for name, value in fields.items() if value is not NOT_GIVEN}


def optional_body_of(fields: Mapping[str, Any]) -> Optional[Dict[str, Any]]:
    """The same, or no body when nothing was given."""
    return body_of(fields) or None


def query_of(fields: Mapping[str, Any]) -> Query:
    """The parameters of a query; a list repeats its name."""
    parameters: Query = []
    for name, value in fields.items():
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is not NOT_GIVEN and one is not None:
                parameters.append((name, _text(one)))
    return parameters


def segment(value: str) -> str:
    """An id as one segment of a path.

    Refuses the empty id and ``.``/``..``, which would lead to another route: ``customers.get("")`` must not become
    the list.
    """
    if value in {"", ".", ".."}:
        raise ValueError(f"not an id: {value!r}")
    return quote(value, safe="")


def json_bytes(body: Mapping[str, Any]) -> bytes:
    """NaN and infinities are refused: JSON has none."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def json_value(content: bytes) -> Any:
    """JSON with its fractions as Decimal: the digits of an amount are those the server wrote."""
    return json.loads(content, parse_float=Decimal)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _decimal_text(value)
    if isinstance(value, dt.datetime):
        return _instant_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return _plain(value.model_dump(by_alias=True, exclude_unset=True))
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items() if part is not NOT_GIVEN}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(_plain(value))


def _decimal_text(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"not an amount: {value}")
    # Never an exponent: Decimal("1E+3") is the amount 1000.
    return format(value, "f")


def _instant_text(value: dt.datetime) -> str:
    if value.utcoffset() is None:
        raise ValueError("an instant needs a time zone: datetime(…, tzinfo=timezone.utc)")
    precision = "milliseconds" if value.microsecond % 1000 == 0 else "microseconds"
    return value.astimezone(dt.timezone.utc).isoformat(timespec=precision).replace("+00:00", "Z")
