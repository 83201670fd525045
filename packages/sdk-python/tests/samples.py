"""Objects as the API answers them."""

from __future__ import annotations

from typing import Any, Dict


def customer(**fields: Any) -> Dict[str, Any]:
    return {
        "id": "cust_1",
        "email": "jane@example.com",
        "name": "Jane",
        "externalId": None,
        "country": "UG",
        "currency": "UGX",
        "timezone": "Africa/Kampala",
        "address": None,
        "taxId": None,
        "taxTreatment": "AUTOMATIC",
        "locale": None,
        "netPaymentTerms": 0,
        "metadata": {},
        "status": "ACTIVE",
        "totalSpent": 0,
        "activeSubscriptions": 0,
        "balance": 0,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z",
        **fields,
    }


def api_key(**fields: Any) -> Dict[str, Any]:
    return {
        "id": "key_1",
        "key": "sk_test_secret",
        "name": "Production Key",
        "scopes": ["customers:read"],
        "environment": "live",
        "allowedIps": [],
        "expiresAt": None,
        "createdAt": "2026-01-01T00:00:00.000Z",
        **fields,
    }
