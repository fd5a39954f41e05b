"""The simulated НУЦ: a certification authority with OCSP, revocation lists and time stamps."""

from simulators.nca.authority import Authority
from simulators.nca.errors import NcaError
from simulators.nca.faults import Fault, Faults, Service
from simulators.nca.holders import Holder, KeyStore
from simulators.nca.http import create_app
from simulators.nca.issuing import Issued
from simulators.nca.profile import Profile
from simulators.nca.status import CertificateStatus, Reason
from simulators.nca.subject import Subject

__all__ = [
    "Authority",
    "CertificateStatus",
    "Fault",
    "Faults",
    "Holder",
    "Issued",
    "KeyStore",
    "NcaError",
    "Profile",
    "Reason",
    "Service",
    "Subject",
    "create_app",
]
