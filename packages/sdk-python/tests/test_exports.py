from __future__ import annotations

import novabilling


def test_the_package_exports_exactly_these_names() -> None:
    public = {name for name in vars(novabilling) if not name.startswith("_")}
    modules = {"client", "errors", "generated", "pages"}
    assert public - modules == set(novabilling.__all__) - {"__version__"}
    assert sorted(novabilling.__all__) == [
        "AsyncNovaBilling",
        "AsyncPage",
        "AsyncPageCall",
        "BadRequestError",
        "ConflictError",
        "FieldError",
        "ForbiddenError",
        "MoneyInput",
        "NOT_GIVEN",
        "NotFoundError",
        "NotGiven",
        "NovaBilling",
        "NovaBillingConnectionError",
        "NovaBillingError",
        "NovaBillingTimeoutError",
        "Page",
        "PageMeta",
        "RateLimitError",
        "UnauthorizedError",
        "WebhookEvent",
        "WebhookVerificationError",
        "__version__",
        "inputs",
        "models",
        "webhooks",
    ]
