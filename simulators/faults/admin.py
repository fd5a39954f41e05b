"""The admin API of a simulated provider: JSON, bounded, never through ЭҮШ."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from simulators.edge import loads
from simulators.faults.kinds import Fault, FaultKind, Faults

LONGEST_BODY = 32 * 1024
Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
F = TypeVar("F", bound="Form")


class AdminRefused(Exception):
    """The admin API does not take a request; `code` is stable."""

    def __init__(self, code: str, detail: str, *, status: int = 400) -> None:
        self.code = code
        self.detail = detail
        self.status = status
        super().__init__(f"{code}: {detail}")


class Form(BaseModel):
    """A JSON object of the admin API; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _FaultForm(Form):
    fault: FaultKind
    numbers: list[Number] = Field(default=[], max_length=1_000)
    delay_seconds: float = Field(default=5.0, ge=0, le=300)


async def read_form(request: web.Request, form: type[F]) -> F:
    """Read the body as a form; raises `AdminRefused`.

    The content type must be application/json: a page of another origin cannot send that unasked.
    """
    if request.content_type != "application/json":
        raise AdminRefused("admin-not-json", "the content type must be application/json", status=415)
    body = await request.content.read(LONGEST_BODY + 1)
    while len(body) <= LONGEST_BODY and not request.content.at_eof():
        body += await request.content.read(LONGEST_BODY + 1 - len(body))
    if len(body) > LONGEST_BODY:
        raise AdminRefused("admin-too-large", f"at most {LONGEST_BODY} bytes", status=413)
    try:
        return form.model_validate(loads(body))
    except ValidationError as error:
        raise AdminRefused("admin-form-wrong", _explained(error)) from error
    except ValueError as error:
        raise AdminRefused("admin-not-json", type(error).__name__) from error


@web.middleware
async def admin_errors(request: web.Request, handler: Any) -> web.StreamResponse:
    """Answer refusals as JSON."""
    try:
        return await handler(request)  # type: ignore[no-any-return]
    except AdminRefused as error:
        return web.json_response({"error": {"code": error.code, "detail": error.detail}}, status=error.status)


def fault_routes(faults: Faults) -> list[web.RouteDef]:
    """Return the routes that show and switch faults."""

    async def show(_request: web.Request) -> web.Response:
        return web.json_response({**faults.current.to_json(), "allowed": sorted(faults.allowed)})

    async def switch(request: web.Request) -> web.Response:
        form = await read_form(request, _FaultForm)
        try:
            faults.switch(Fault(form.fault, frozenset(form.numbers), form.delay_seconds))
        except ValueError as error:
            raise AdminRefused("admin-form-wrong", str(error)) from error
        return web.json_response(faults.current.to_json())

    return [web.get("/admin/faults", show), web.put("/admin/faults", switch)]


def _explained(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()[:10])
