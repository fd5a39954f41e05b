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


class SigningFailed(RuntimeError):
    """NCALayer did not give what was asked for."""


class Hand:
    """One person's use of the simulated NCALayer; `key` is the id of a key in its key ring."""

    def __init__(self, installation: Installation, http: aiohttp.ClientSession, *, origin: str, key: str) -> None:
        self._address = installation.address("ncalayer_plain")
        self._http = http
        self._origin = origin
        self.key = key

    async def fill_and_submit(self, browser: Browser, page: Page, *, key: str | None = None) -> Page:
        """Do what the page's signing component asks (choose a certificate, or sign) and send its form."""
        asked = page.signing()
        field, chosen = asked["field"], key or self.key
        if asked["signing"] == "certificate":
            value = (await self._ask("kz.gov.pki.knca.commonUtils", "getKeyInfo", ["PKCS12"], chosen))["pem"]
        else:
            arguments = {
                "allowedStorages": ["PKCS12"],
                "format": "xml",
                "data": base64.b64decode(asked["document"]).decode(),
                "signingParams": {},
                "signerParams": json.loads(asked["signer"]),
                "locale": asked["locale"],
            }
            signed = (await self._ask("kz.gov.pki.knca.basics", "sign", arguments, chosen))[0]
            value = base64.b64encode(signed.encode()).decode()
        return await browser.submit(page, {field: value}, form=page.form(having=field))

    async def _ask(self, module: str, method: str, args: Any, key: str) -> Any:
        async with self._http.ws_connect(self._address, headers={"Origin": self._origin}) as socket:
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
