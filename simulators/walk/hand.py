"""A person's hand at NCALayer: asks as the page's script does, and answers the window with a key and its password."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from simulators.installation import Installation
from simulators.keys import KEY_PASSWORD
from simulators.walk.browser import Browser, Page

_COMMON, _BASICS = "kz.gov.pki.knca.commonUtils", "kz.gov.pki.knca.basics"


class SigningFailed(RuntimeError):
    """NCALayer did not give what was asked for."""


class Hand:
    """One person's use of the simulated NCALayer; `key` is the id of a key in its key ring.

    People who sit at one machine sign one after another: they share a `turn`.
    """

    def __init__(
        self,
        installation: Installation,
        http: aiohttp.ClientSession,
        *,
        origin: str,
        key: str,
        turn: asyncio.Lock | None = None,
    ) -> None:
        self._address = installation.address("ncalayer_plain")
        self._http = http
        self._origin = origin
        self.key = key
        self._turn = turn or asyncio.Lock()

    async def fill_and_submit(self, browser: Browser, page: Page, *, key: str | None = None) -> Page:
        """Do what the page's signing component asks (choose a certificate, or sign) and send its form."""
        filled = await self.fill(page, key=key)
        return await browser.submit(page, filled, form=page.form(having=next(iter(filled))))

    async def fill(self, page: Page, *, key: str | None = None) -> dict[str, str]:
        """Do what the page's signing component asks and return the field that its form then sends."""
        asked, chosen = page.signing(), key or self.key
        if asked["signing"] == "certificate":
            return {asked["field"]: (await self._ask(_COMMON, "getKeyInfo", ["PKCS12"], chosen))["pem"]}
        arguments = {
            "allowedStorages": ["PKCS12"],
            "format": "xml",
            "data": base64.b64decode(asked["document"]).decode(),
            "signingParams": {},
            "signerParams": json.loads(asked["signer"]),
            "locale": asked["locale"],
        }
        signed = (await self._ask(_BASICS, "sign", arguments, chosen))[0]
        return {asked["field"]: base64.b64encode(signed.encode()).decode()}

    async def _ask(self, module: str, method: str, args: Any, key: str) -> Any:
        headers = {"Origin": self._origin}
        async with self._turn, self._http.ws_connect(self._address, headers=headers) as socket:
            await socket.receive_json(timeout=10)
            await socket.send_json({"module": module, "method": method, "args": args})
            answering = asyncio.create_task(self._answer_window(key))
            try:
                reply: dict[str, Any] = await socket.receive_json(timeout=30)
            finally:
                answering.cancel()
                await asyncio.wait({answering})
        if reply.get("code") == "200":
            return reply["responseObject"]
        result = reply.get("body", {}).get("result") if reply.get("status") else None
        if result is None:
            raise SigningFailed(f"{module} {method}: {reply}")
        return result

    async def _answer_window(self, key: str) -> None:
        after = 0
        while True:
            async with self._http.get(f"{self._address}/window/requests", params={"after": str(after)}) as answer:
                seen: Mapping[str, Any] = await answer.json()
            for request in seen["requests"]:
                if request["origin"] == self._origin:
                    await self._give(seen["token"], {"id": request["id"], "key": key, "password": KEY_PASSWORD})
                    return
            after = seen["version"]

    async def _give(self, token: str, body: Mapping[str, str]) -> None:
        headers = {"Origin": self._address, "X-Window-Token": token}
        async with self._http.post(f"{self._address}/window/answer", json=body, headers=headers) as answer:
            outcome = await answer.json()
        if answer.status != 200 or outcome.get("outcome") != "done":
            raise SigningFailed(f"the window did not take the key {body['key']}: {outcome}")
