"""Every text of the addons is in their template, and in Russian."""

from desklib.i18n import translations


def test_translations_are_complete(odoo):
    assert translations(odoo, check=True) == []
