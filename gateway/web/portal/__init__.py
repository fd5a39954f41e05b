"""The portal's pages: registration, login, services, the application, the cabinet, verification."""

from gateway.web.portal.app import make_portal_app

__all__ = ["make_portal_app"]
