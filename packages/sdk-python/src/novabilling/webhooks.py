"""Receiving webhooks."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
from typing import Any, Dict, Mapping, Optional, Union

from . import _platform
from ._models import Model
from ._wire import json_value
from .errors import WebhookVerificationError


class WebhookEvent(Model):
    """What a webhook says: ``data`` is the whole resource as it was after the change, with the wire's names."""

    id: str
    event: str
    timestamp: dt.datetime
    environment: str
    data: Dict[str, Any]


def verify(
    body: Union[str, bytes],
    headers: Mapping[str, str],
    secret: str,
    *,
    tolerance: float = 300.0,
    now: Optional[float] = None,
) -> WebhookEvent:
    """Checks that NovaBilling sent this webhook just now, and gives its event.

    Standard Webhooks: HMAC-SHA256 of ``id.timestamp.body``. ``body`` is the raw body as it came, never a parsed and
    printed one; ``secret`` is the endpoint's ``whsec_…``. Any one of several signatures is enough, so that secrets
    can be rotated. ``tolerance`` is in seconds, either way of ``now`` (seconds since the epoch).

    The same event may come more than once: keep its ``id``.

    Raises WebhookVerificationError for a bad or missing signature and for one older than five minutes.
    """
    message_id = _header(headers, "webhook-id")
    timestamp = _header(headers, "webhook-timestamp")
    signatures = _header(headers, "webhook-signature")
    _check_timestamp(timestamp, tolerance, _platform.now() if now is None else now)

    content = body.encode() if isinstance(body, str) else body
    signed = f"{message_id}.{timestamp}.".encode() + content
    expected = base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest())
    for signature in signatures.split(" "):
        version, _, given = signature.partition(",")
        if version == "v1" and hmac.compare_digest(expected, given.encode()):
            return WebhookEvent.model_validate(json_value(content))
    raise WebhookVerificationError("No signature of this webhook matches the secret")


def _header(headers: Mapping[str, str], name: str) -> str:
    for key, value in headers.items():
        if key.lower() == name and value:
            return value
    raise WebhookVerificationError(f"The header {name} is missing")


def _check_timestamp(timestamp: str, tolerance: float, now: float) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise WebhookVerificationError("The webhook-timestamp is not a number")
    age = now - int(timestamp)
    if age > tolerance:
        raise WebhookVerificationError("The webhook was signed too long ago")
    if age < -tolerance:
        raise WebhookVerificationError("The webhook was signed in the future")


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret[6:] if secret.startswith("whsec_") else secret, validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise ValueError("the secret of a webhook is whsec_ and base64")
    return key
