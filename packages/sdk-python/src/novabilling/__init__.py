"""The NovaBilling client for Python."""

from . import webhooks
from ._version import __version__
from ._wire import NOT_GIVEN, MoneyInput, NotGiven
from .client import AsyncNovaBilling, NovaBilling
from .errors import (
    BadRequestError,
    ConflictError,
    FieldError,
    ForbiddenError,
    NotFoundError,
    NovaBillingConnectionError,
    NovaBillingError,
    NovaBillingTimeoutError,
    RateLimitError,
    UnauthorizedError,
    WebhookVerificationError,
)
from .generated import inputs, models
from .pages import AsyncPage, AsyncPageCall, Page, PageMeta
from .webhooks import WebhookEvent

__all__ = [
    "NOT_GIVEN",
    "AsyncNovaBilling",
    "AsyncPage",
    "AsyncPageCall",
    "BadRequestError",
    "ConflictError",
    "FieldError",
    "ForbiddenError",
    "MoneyInput",
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
