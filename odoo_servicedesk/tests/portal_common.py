import base64

from lxml import html

from odoo.tests import HttpCase, tagged

from .common import ServicedeskCommon

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install", "servicedesk")
class PortalCase(ServicedeskCommon, HttpCase):
    """People in the portal with a browser that knows no JavaScript: pages, links and forms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger_user = cls._new_portal_user("stranger", "Sven Stranger")
        cls.zone_facilities.portal_visible = False

    @classmethod
    def _new_portal_user(cls, login, name):
        return cls._new_user_of("base.group_portal", login, name)

    @classmethod
    def _new_user_of(cls, groups, login, name):
        user = cls._new_user(login, groups)
        user.write({"name": name})
        return user

    def _login(self, user):
        """Be ``user`` from now on; None is a visitor."""
        self.authenticate(user.login if user else None, user.login if user else None)

    def _open(self, path, **params):
        """Open a page: ``(path it ended on, parsed page)``."""
        response = self.url_open(path, params=params)
        response.raise_for_status()
        return self._read(response)

    def _read(self, response):
        path = response.url.removeprefix(self.base_url())
        return path, html.fromstring(response.text)

    def _submit(self, page, action, files=(), **values):
        """Fill in the form that goes to ``action`` and send it, as a browser does.

        :param files: list of ``(name, bytes)``
        :return: as :meth:`_open`
        """
        form = next(form for form in page.forms if form.get("action").endswith(action))
        data = dict(form.form_values())
        data.pop("files", None)
        data.update(values)
        sent = [("files", (name, content)) for name, content in files] or None
        response = self.url_open(form.get("action"), data=data, files=sent)
        response.raise_for_status()
        return self._read(response)

    def _actions(self, page):
        """Last words of the addresses the page's forms go to."""
        return {form.get("action").rsplit("/", 1)[-1] for form in page.forms}

    def _text(self, page):
        """What is to be read between head and foot of the page."""
        return " ".join(page.xpath("//div[@id='wrap']")[0].text_content().split())

    def _answer_of_agent(self, ticket, text, **values):
        context = values.pop("context", {})
        return (
            ticket.with_user(self.agent)
            .with_context(**context)
            .message_post(
                body=text, message_type="comment", subtype_xmlid="mail.mt_comment", **values
            )
        )

    def _note_of_agent(self, ticket, text, **values):
        return ticket.with_user(self.agent).message_post(
            body=text, message_type="comment", **values
        )
