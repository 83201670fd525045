from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Dict

import pytest

from novabilling import NovaBilling, WebhookVerificationError, webhooks

KEY = b"a key of at least twenty-four bytes"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
NOW = 1_767_225_600
BODY = json.dumps(
    {
        "id": "evt_1",
        "event": "invoice.paid",
        "timestamp": "2026-01-01T00:00:00.000Z",
        "environment": "env_1",
        "data": {"id": "inv_1", "total": 49.99},
    }
)


def signature(message_id: str = "evt_1", timestamp: int = NOW, body: str = BODY) -> str:
    digest = hmac.new(KEY, f"{message_id}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def headers(**changed: str) -> Dict[str, str]:
    given = {"Webhook-Id": "evt_1", "Webhook-Timestamp": str(NOW), "Webhook-Signature": signature()}
    return {**given, **{f"Webhook-{name.title()}": value for name, value in changed.items()}}


def test_a_webhook_that_was_signed_with_the_secret_gives_its_event() -> None:
    event = webhooks.verify(BODY, headers(), SECRET, now=NOW)
    assert (event.id, event.event, event.data["id"]) == ("evt_1", "invoice.paid", "inv_1")
    assert str(event.data["total"]) == "49.99"
    assert webhooks.verify(BODY.encode(), headers(), SECRET, now=NOW) == event
    with NovaBilling() as client:
        assert client.webhooks.verify(BODY, headers(), SECRET, now=NOW) == event


def test_the_specifications_own_signature_is_the_right_one() -> None:
    given = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    # Its signature holds; its body is no event of ours, which is another error.
    with pytest.raises(ValueError, match="WebhookEvent"):
        webhooks.verify('{"test": 2432232314}', given, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", now=1614265330)


def test_one_good_signature_among_others_is_enough() -> None:
    several = f"v1,AAAA v2,x garbage v1,é {signature()}"
    assert webhooks.verify(BODY, headers(signature=several), SECRET, now=NOW).id == "evt_1"


@pytest.mark.parametrize(
    "wrong",
    [
        signature("evt_2"),
        signature(timestamp=NOW + 1),
        signature(body=BODY + " "),
        signature().replace("v1", "v2"),
        "v1,",
        "garbage",
    ],
)
def test_a_signature_of_something_else_is_refused(wrong: str) -> None:
    with pytest.raises(WebhookVerificationError):
        webhooks.verify(BODY, headers(signature=wrong), SECRET, now=NOW)


def test_another_secret_or_none_is_refused() -> None:
    other = f"whsec_{base64.b64encode(b'another key of so many bytes').decode()}"
    with pytest.raises(WebhookVerificationError):
        webhooks.verify(BODY, headers(), other, now=NOW)
    for secret in ("", "whsec_", "whsec_no base64"):
        with pytest.raises(ValueError, match="the secret of a webhook"):
            webhooks.verify(BODY, headers(), secret, now=NOW)


def test_a_webhook_is_accepted_five_minutes_either_way_and_not_a_second_more() -> None:
    for seconds in (-300, 0, 300):
        webhooks.verify(BODY, headers(), SECRET, now=NOW + seconds)
    with pytest.raises(WebhookVerificationError, match="too long ago"):
        webhooks.verify(BODY, headers(), SECRET, now=NOW + 301)
    with pytest.raises(WebhookVerificationError, match="in the future"):
        webhooks.verify(BODY, headers(), SECRET, now=NOW - 301)


def test_a_webhook_without_a_header_or_with_a_strange_timestamp_is_refused() -> None:
    for name in headers():
        with pytest.raises(WebhookVerificationError, match=name.lower()):
            webhooks.verify(BODY, {**headers(), name: ""}, SECRET, now=NOW)
    for timestamp in ("now", "1e9", "-1", " 1767225600"):
        with pytest.raises(WebhookVerificationError):
            webhooks.verify(BODY, headers(timestamp=timestamp), SECRET, now=NOW)
