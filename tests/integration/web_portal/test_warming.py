from gateway.web.pages import PAGES
from gateway.web.portal import make_portal_app
from gateway.web.warming import compile_templates


def test_every_template_of_the_site_is_compiled_before_its_first_visitor(town, monkeypatch):
    app = make_portal_app(town.rooms, simulation=True)
    compile_templates(app)
    environment = app[PAGES].environment

    def too_late(*_, **__):
        raise AssertionError("compiled while somebody waits")

    monkeypatch.setattr(environment, "compile", too_late)
    for name in environment.loader.list_templates():
        if name.startswith(("portal/", "macros/")) or name in {"layout.html", "error.html"}:
            environment.get_template(name)
