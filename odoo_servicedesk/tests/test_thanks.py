from odoo.tests import BaseCase, tagged

from odoo.addons.odoo_servicedesk.tools.mail_text import is_thanks, own_words, ticket_numbers


@tagged("post_install", "-at_install", "servicedesk")
class TestThanks(BaseCase):
    def test_plain_thanks(self):
        for text in (
            "Thanks!",
            "Thank you very much, all works now.",
            "thx",
            "Спасибо!",
            "Спасибо большое, всё работает",
            "Благодарю вас за помощь",
            "Hi, thanks a lot, best regards",
        ):
            with self.subTest(text=text):
                self.assertTrue(is_thanks(text))

    def test_news_is_not_thanks(self):
        for text in (
            "",
            "ok",
            "Thanks, but it does not work",
            "Thanks! When will the second one come?",
            "Спасибо, но опять не работает",
            "Спасибо, а где второй монитор",
            "Thank you. The printer on the third floor is broken now",
            "It is broken again",
            "thanks " * 20,
        ):
            with self.subTest(text=text):
                self.assertFalse(is_thanks(text))

    def test_own_words_end_where_the_quotation_begins(self):
        self.assertEqual(own_words("Thanks!\n\nOn Monday Anna wrote:\n> Not fixed"), "Thanks!")
        self.assertEqual(own_words("Спасибо\n\n2 марта Анна написала:\n> нет"), "Спасибо")
        self.assertEqual(own_words("Yes\n> no\nmore"), "Yes")

    def test_numbers_in_a_subject(self):
        self.assertEqual(ticket_numbers("Re: [SD-000123] Printer"), ["SD-000123"])
        self.assertEqual(ticket_numbers("AW: sd-7k3f9q!"), ["SD-7K3F9Q"])
        self.assertEqual(ticket_numbers("SD-12 or SD-0O0O0O or ASD-000123X"), [])
