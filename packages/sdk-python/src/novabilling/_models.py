"""What all models share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, ValidationError, ValidatorFunctionWrapHandler, WrapValidator


class Model(BaseModel):
    """An object of the API. Fields that this version does not know yet are kept."""

    model_config = ConfigDict(extra="allow", populate_by_name=True, protected_namespaces=())


def _keep_unknown(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    try:
        return handler(value)
    except ValidationError:
        return value


# A newer server may know more values of an enum than this version: better one it cannot name than no answer.
LENIENT = WrapValidator(_keep_unknown)


def _keep_int(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    return value if type(value) is int else handler(value)


# A number that is no amount. A whole one stays an int: a float would lose digits of long ones.
Number = Annotated[float, WrapValidator(_keep_int)]
