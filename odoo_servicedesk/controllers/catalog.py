from odoo import http
from odoo.http import request

from .request_form import ServicedeskRequestForm

MAX_SEARCH = 200


class ServicedeskCatalogPages(ServicedeskRequestForm):
    """The catalog: shelves and search, for people with a log-in and for visitors.

    What is shown comes from ``servicedesk.catalog``, which knows only services for the user.
    """

    @http.route("/my/catalog", type="http", auth="user", website=True, readonly=True)
    def portal_catalog(self, search="", category=None, **kw):
        return self._catalog_page(search, category)

    @http.route(
        "/servicedesk/catalog",
        type="http",
        auth="public",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def public_catalog(self, search="", category=None, **kw):
        if not request.env.user._is_public():
            return request.redirect("/my/catalog")
        if not self._catalog()._count_services(limit=1):
            if self._zones():
                return request.redirect("/servicedesk/request")
            raise request.not_found()
        return self._catalog_page(search, category)

    def _catalog(self):
        return request.env["servicedesk.catalog"]

    def _catalog_url(self):
        return "/servicedesk/catalog" if request.env.user._is_public() else "/my/catalog"

    def _catalog_page(self, search, category_id):
        catalog = self._catalog()
        words = search.strip()[:MAX_SEARCH]
        services = catalog._search_services(words)
        category, part = catalog._part_of(services, category_id)
        is_public = request.env.user._is_public()
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "servicedesk_catalog",
            "title": category.name or request.env._("Services"),
            "no_breadcrumbs": is_public,
            "catalog_url": self._catalog_url(),
            "search": words,
            "found": services,
            "found_words": self._found_words(len(services), words),
            "category": category,
            "doors": catalog._doors(part, category),
            "shelves": catalog._shelves(part),
            "most_asked": self._most_asked(part, category, words),
            "else_url": self._else_url(is_public),
        }
        return request.render("odoo_servicedesk.portal_catalog", values)

    def _found_words(self, count, words):
        if not count:
            return request.env._("Nothing found for “%s”.", words)
        return request.env._("%(count)s found for “%(words)s”", count=count, words=words)

    def _most_asked(self, services, category, words):
        """Nothing is gained by repeating a handful of services that are all to be seen."""
        asked = self._catalog()._most_asked(services)
        if words or category or len(services) <= len(asked):
            return asked.browse()
        return asked

    def _else_url(self, is_public):
        """The general form for what is not in the catalog, if a department takes such requests."""
        if not self._zones():
            return ""
        return "/servicedesk/request" if is_public else "/my/requests/new"
