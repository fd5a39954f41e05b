"""The buttons that hand a task from one to another, and those that change its term or its office."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from gateway.desk import DeskCode
from gateway.web.csrf import form_of
from gateway.web.desk.acting import do, executor_in
from gateway.web.desk.guard import desk_of
from gateway.web.forms import FormErrors
from gateway.web.once import once
from gateway.web.translation import gettext as _


@once
async def claim(request: web.Request) -> web.Response:
    """The member takes a task."""
    return await do(request, desk_of(request).moves.claim)


@once
async def release(request: web.Request) -> web.Response:
    """The member gives a task back, or the head takes it away."""
    reason = form_of(request).get("release_reason")
    return await do(request, partial(desk_of(request).moves.release, reason=reason), field="release_reason")


@once
async def assign(request: web.Request) -> web.Response:
    """The head gives a task to another executor."""
    form, errors = form_of(request), FormErrors()
    executor = executor_in(form, "new_executor", errors, beside="assign_reason")
    reason = form.get("assign_reason")
    act = partial(desk_of(request).moves.assign, executor=executor, reason=reason)
    return await do(request, act, field="assign_reason", errors=errors)


@once
async def send_back(request: web.Request) -> web.Response:
    """The member returns a task with a reason."""
    reason = form_of(request).get("return_reason")
    return await do(request, partial(desk_of(request).moves.send_back, reason=reason), field="return_reason")


@once
async def extend(request: web.Request) -> web.Response:
    """The holder of the step applies a term that the act gives for an event."""
    form, errors = form_of(request), FormErrors()
    event, reason = form.get("event"), form.get("extend_reason")
    if not event:
        errors.add("event", _("Choose why the term is extended"))
    act = partial(desk_of(request).moves.extend, event=event, reason=reason)
    return await do(request, act, field="extend_reason", beside={DeskCode.NO_EXTENSION: "event"}, errors=errors)


@once
async def redirect_case(request: web.Request) -> web.Response:
    """The clerk or the head sends an application that came to the wrong office to another one of the service."""
    form, errors = form_of(request), FormErrors()
    office, reason = form.get("office"), form.get("redirect_reason")
    if not office:
        errors.add("office", _("Choose the office"))
    act = partial(desk_of(request).moves.redirect, office=office, reason=reason)
    return await do(request, act, field="redirect_reason", beside={DeskCode.NO_SUCH_OFFICE: "office"}, errors=errors)
