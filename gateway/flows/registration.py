"""Registration on the portal (unnumbered: Karaganda act, lines 1358-1361; Almaty act, lines 270-273).

Nobody registers another: the server's document with a nonce must come back signed by the holder of the number.
"""

from __future__ import annotations

from datetime import timedelta

from gateway.eds.policies import Policy, bin_is, iin_is, may_sign
from gateway.eds.verdict import Status
from gateway.eds.xmldsig import signs_exactly
from gateway.flows.errors import FlowCode, FlowError, check_name
from gateway.flows.ports import SignatureChecks
from gateway.identity.accounts import Account, Accounts, Registration, RegistrationGone
from gateway.identity.numbers import Bin, Iin
from gateway.identity.passwords import Passwords, check_new_password
from gateway.identity.sessions import PostgresSessions
from gateway.identity.throttle import Throttle
from gateway.journal import Journal, Kind, Outcome, PersonHash, Step
from gateway.store import Database

FLOW = "portal"


def number_is(number: Iin | Bin) -> Policy:
    """Return the policy that the signer is the person or organisation of this number."""
    return bin_is(number) if isinstance(number, Bin) else iin_is(number)


class PortalRegistration:
    """Registers applicants who are not yet registered."""

    def __init__(
        self,
        *,
        database: Database,
        accounts: Accounts,
        passwords: Passwords,
        sessions: PostgresSessions,
        throttle: Throttle,
        journal: Journal,
        persons: PersonHash,
        signatures: SignatureChecks,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._passwords = passwords
        self._sessions = sessions
        self._throttle = throttle
        self._journal = journal
        self._persons = persons
        self._signatures = signatures

    async def begin(self, number: Iin | Bin, password: str, *, session: str, source: str) -> Registration | timedelta:
        """Return the document to be signed, the same whether the number is registered or not.

        A source that begins too many registrations gets the time to wait instead. Raises `PasswordRefused`.
        """
        check_new_password(password, number)
        wait = await self._throttle.attempt(
            account=f"registration {self._persons.of(number)}", source=f"registration {source}"
        )
        if wait > timedelta():
            return wait
        password_hash = await self._passwords.hash(password)
        return await self._accounts.begin(number, password_hash=password_hash, session=session)

    async def waiting(self, session: str) -> Registration | None:
        """Return the registration that this session still has to sign."""
        return await self._accounts.waiting(session=session)

    async def confirm(self, signed: bytes, *, session: str, source: str | None = None) -> Account:
        """Make the account when the signed document is ours and its signer holds the number; raises `FlowError`.

        A registration that is confirmed does not count against its source.
        """
        registration = await self._accounts.waiting(session=session)
        if registration is None:
            raise FlowError(FlowCode.REGISTRATION_GONE)
        # (1) The signature is good and the signer is the person or organisation that is being registered.
        verdict, signature = await self._signatures.signed_xml(signed, number_is(registration.number), may_sign())
        if signature is None or verdict.status is not Status.VALID:
            raise FlowError(FlowCode.REGISTRATION_NOT_CONFIRMED, text=verdict.text, advice=verdict.advice)
        # (2) What was signed is what the server made, its nonce included.
        if not signs_exactly(registration.document, signed, signature):
            raise FlowError(FlowCode.REGISTRATION_NOT_CONFIRMED, reason="another document was signed")
        # (3) The name, under which every application will stand, is one that a document can print.
        name = signature.certificate.subject.common_name or str(registration.number)
        check_name(name)
        # (4) The nonce is used up in the transaction that makes the account.
        person = self._persons.of(registration.number)
        async with self._database.transaction() as conn:
            try:
                account = await self._accounts.confirm(
                    conn,
                    nonce=registration.nonce,
                    session=session,
                    name=name,
                    certificate=signature.certificate.sha256,
                )
            except RegistrationGone as error:
                raise FlowError(FlowCode.REGISTRATION_GONE) from error
            await self._sessions.end_all(conn, str(account.id))
            await self._throttle.succeeded(
                conn, account=f"registration {person}", source=None if source is None else f"registration {source}"
            )
            await self._throttle.succeeded(conn, account=person)
            facts = {"step": "registration", "certificate": signature.certificate.sha256}
            await self._journal.record(
                conn,
                Step(FLOW, Kind.NOTE, 0, Outcome.DONE, facts),
                person=person,
                actor=self._persons.actor(registration.number),
            )
        return account
