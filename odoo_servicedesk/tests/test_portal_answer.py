from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.odoo_servicedesk.tools.inside import Inside

from .portal_common import PIXEL, PortalCase


@tagged("post_install", "-at_install", "servicedesk")
class TestPortalAnswer(PortalCase):
    """What requesters do on the page of a request."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(description="<p>It burns</p>", user_id=cls.agent.id)
        cls.path = f"/my/requests/{cls.ticket.id}"

    def _page(self, user, **params):
        self._login(user)
        return self._open(self.path, **params)[1]

    def _last(self, ticket=None):
        return (ticket or self.ticket).message_ids.filtered(
            lambda m: m.message_type == "comment" and not m.subtype_id.internal
        )[:1]

    def _resolved(self, days_ago=0):
        """The ticket, resolved so long ago; the window to reopen is 7 days."""
        self.ticket.with_user(self.agent)._resolve(self.reason_solved)
        until = fields.Datetime.now() + timedelta(days=9 - days_ago)
        self.ticket.write({"reopen_until": until})

    # ---------------------------------------------------------------- answers

    def test_answer_of_the_requester(self):
        self._answer_of_agent(self.ticket, "Which one?", context={"servicedesk_wait": True})
        page = self._page(self.customer_user)
        self.assertIn("We need an answer from you to go on.", self._text(page))
        path, page = self._submit(
            page,
            "answer",
            text="The <b>grey</b> one\n\nsee https://printer.example",
            files=[("photo.png", PIXEL), ("C:\\logs\\a.txt", b"log")],
        )
        self.assertEqual(path, f"{self.path}?done=answered")
        text = self._text(page)
        self.assertIn("Thank you, your answer has been sent.", text)
        self.assertIn("The <b>grey</b> one", text)
        message = self._last()
        self.assertEqual(message.author_id, self.customer)
        self.assertIn("&lt;b&gt;grey", message.body)
        self.assertEqual(set(message.attachment_ids.mapped("name")), {"photo.png", "a.txt"})
        self.assertEqual(set(message.attachment_ids.mapped("res_id")), {self.ticket.id})
        self.assertEqual(self._kinds(self.ticket)[-2:], ["requester_answer", "stage"])
        self.assertEqual((self.ticket.stage_kind, self.ticket.turn), ("in_progress", "agent"))
        photo = message.attachment_ids.filtered(lambda a: a.name == "photo.png")
        link = page.xpath(f"//a[contains(@href, '/files/{photo.id}')]/@href")[0]
        self.assertEqual(self.url_open(link).content, PIXEL)

    def test_answer_reaches_the_agent_by_mail(self):
        page = self._page(self.customer_user)
        self._submit(page, "answer", text="Hello?")
        self.assertEqual(self._last().notified_partner_ids, self.agent.partner_id)
        self.assertFalse(self.ticket.message_follower_ids)

    def test_answer_without_words_needs_a_file(self):
        page = self._page(self.customer_user)
        path, page = self._submit(page, "answer", text="  \n ")
        self.assertEqual(path, f"{self.path}/answer")
        self.assertIn("Please write something or choose a file.", self._text(page))
        self._submit(page, "answer", text="", files=[("a.txt", b"a")])
        self.assertEqual(self._last().attachment_ids.name, "a.txt")
        self.assertEqual(self._kinds(self.ticket)[-1], "requester_answer")

    def test_too_many_or_too_large_files_lose_no_words(self):
        page = self._page(self.customer_user)
        large = b"x" * (20 * 1024 * 1024 + 1)
        for files, words in [
            ([("big.zip", large)], "“big.zip” is larger than 20 MB."),
            ([(f"{i}.txt", b"x") for i in range(11)], "Please send at most 10 files at once."),
        ]:
            page = self._submit(page, "answer", text="My words <i>", files=files)[1]
            text = self._text(page)
            self.assertIn(words, text)
            self.assertIn("Files must be chosen again.", text)
            self.assertEqual(page.xpath("//textarea")[0].value, "My words <i>")
        self.assertEqual(self._kinds(self.ticket), ["created"])

    def test_too_long_an_answer(self):
        page = self._page(self.customer_user)
        page = self._submit(page, "answer", text="x" * 50_001)[1]
        self.assertIn("This is too long.", self._text(page))
        self.assertFalse(self._last())

    def test_second_click_is_no_second_answer(self):
        page = self._page(self.customer_user)
        for _click in range(2):
            path = self._submit(page, "answer", text="Hello?", files=[("a.txt", b"a")])[0]
            self.assertEqual(path, f"{self.path}?done=answered")
        self.assertEqual(self._kinds(self.ticket), ["created", "requester_answer"])
        self._submit(page, "answer", text="Hello?")
        self._answer_of_agent(self.ticket, "Yes?")
        self._submit(page, "answer", text="Hello?")
        self.assertEqual(self._kinds(self.ticket).count("requester_answer"), 3)

    def test_colleague_answers_in_his_own_name_and_decides_nothing(self):
        self.zone_it.colleague_access = True
        page = self._page(self.customer_colleague_user)
        self.assertEqual(self._actions(page), {"answer"})
        self._submit(page, "answer", text="Mine too")
        self.assertEqual(self._last().author_id, self.customer_colleague_user.partner_id)
        self.assertEqual(self._kinds(self.ticket), ["created", "requester_answer"])
        form = page.forms[0]
        form.set("action", f"{self.path}/cancel")
        page = self._submit(page, "cancel")[1]
        self.assertIn("Only the person who asked can decide this.", self._text(page))
        self.assertTrue(self.ticket.is_open)

    def test_visitor_with_the_token_writes_as_the_requester(self):
        token = self.ticket._portal_ensure_token()
        page = self._page(None, access_token=token)
        path = self._submit(page, "answer", text="It is me")[0]
        self.assertEqual(path, f"{self.path}?done=answered&access_token={token}")
        self.assertEqual(self._last().author_id, self.customer)
        self.assertEqual(self._kinds(self.ticket), ["created", "requester_answer"])

    def test_requester_who_is_only_an_address(self):
        self.ticket.write({"partner_id": False, "email_from": '"Vera" <vera@visitor.example>'})
        page = self._page(None, access_token=self.ticket._portal_ensure_token())
        page = self._submit(page, "answer", text="It is me")[1]
        message = self._last()
        self.assertFalse(message.author_id)
        self.assertEqual(message.email_from, '"Vera" <vera@visitor.example>')
        self.assertIn("Vera", self._text(page))
        self.assertEqual(self._kinds(self.ticket)[-1], "requester_answer")

    def test_agent_who_asks_is_no_agent_here(self):
        """Requester or reporter: on this page an agent of the zone speaks for the asking side."""
        for name in ("partner_id", "reporter_id"):
            with self.subTest(name=name):
                ticket = self._ticket(**{name: self.colleague.partner_id.id})
                self._login(self.colleague)
                page = self._open(f"/my/requests/{ticket.id}")[1]
                self._submit(page, "answer", text="Still broken")
                self.assertEqual(self._last(ticket).author_id, self.colleague.partner_id)
                self.assertEqual(self._kinds(ticket), ["created", "requester_answer"])
                self.assertFalse(ticket.first_answer_at)

    def test_employee_without_a_role_answers(self):
        self.ticket.partner_id = self.employee_user.partner_id
        page = self._page(self.employee_user)
        self._submit(page, "answer", text="Still broken")
        self.assertEqual(self._kinds(self.ticket)[-1], "requester_answer")
        self.assertFalse(self.ticket.message_follower_ids)

    # ---------------------------------------------------------------- what time has done

    def test_answer_after_the_solution_reopens(self):
        self._resolved()
        page = self._page(self.customer_user)
        self.assertIn("We think it is solved. Is it?", self._text(page))
        self.assertEqual(self._actions(page), {"solve", "reopen", "answer"})
        self._submit(page, "answer", text="It burns again")
        self.assertEqual(self.ticket.stage_kind, "in_progress")
        self.assertEqual(self.ticket.reopen_count, 1)

    def test_answer_after_the_window_makes_a_linked_ticket(self):
        self._resolved(days_ago=10)
        self.ticket.action_close()
        token = self.ticket._portal_ensure_token()
        for user, params in [(self.customer_user, {}), (None, {"access_token": token})]:
            with self.subTest(user=user and user.login):
                page = self._page(user, **params)
                self.assertEqual(self._actions(page), {"answer"})
                self.assertIn("becomes a new request", self._text(page))
                for _click in range(2):
                    path, answer = self._submit(page, "answer", text="Again", files=[("a", b"a")])
                new = self.env["servicedesk.ticket"].search(
                    [("origin_ticket_id", "=", self.ticket.id)], limit=1, order="id desc"
                )
                self.assertTrue(path.startswith(f"/my/requests/{new.id}?done=follow_up"))
                text = self._text(answer)
                self.assertIn(f"The request {self.ticket.number} is closed for good", text)
                self.assertIn(f"It has the number {new.number}.", text)
                self.assertEqual(
                    (new.partner_id, new.zone_id, new.channel),
                    (self.customer, self.zone_it, "portal"),
                )
                self.assertEqual(self._kinds(new), ["created"])
                self.assertIn("Again", new.description)
        follow_ups = self.env["servicedesk.ticket"].search_count(
            [("origin_ticket_id", "=", self.ticket.id)]
        )
        self.assertEqual(follow_ups, 2)
        self.assertEqual(self.ticket.stage_kind, "closed")
        self.assertNotIn("requester_answer", self._kinds(self.ticket))

    def test_follow_up_of_an_archived_zone_goes_to_triage(self):
        self.ticket.with_user(self.agent).action_cancel()
        self.zone_it.active = False
        page = self._page(self.customer_user)
        self._submit(page, "answer", text="Again")
        new = self.env["servicedesk.ticket"].search([("origin_ticket_id", "=", self.ticket.id)])
        self.assertEqual(new.zone_id, self.env.company._servicedesk_triage_zone())

    # ---------------------------------------------------------------- decisions

    def test_it_is_solved(self):
        page = self._page(self.customer_user)
        self.assertEqual(self._actions(page), {"solve", "cancel", "answer"})
        old = page
        path, page = self._submit(page, "solve")
        self.assertEqual(path, f"{self.path}?done=solved")
        self.assertIn("Thank you. The request is closed.", self._text(page))
        self.assertEqual(self._kinds(self.ticket), ["created", "resolved", "closed"])
        self.assertEqual(
            self.ticket.close_reason_id, self.env.ref("odoo_servicedesk.close_reason_by_requester")
        )
        self.assertEqual(self._actions(page), {"reopen", "answer"})
        page = self._submit(old, "solve")[1]
        self.assertIn("The request is closed already.", self._text(page))
        self.assertEqual(self._kinds(self.ticket), ["created", "resolved", "closed"])

    def test_solution_of_the_agent_is_confirmed(self):
        self._resolved()
        self._submit(self._page(self.customer_user), "solve")
        self.assertEqual(self._kinds(self.ticket), ["created", "resolved", "closed"])
        self.assertEqual(self.ticket.close_reason_id, self.reason_solved)

    def test_solving_needs_no_reason_of_ours(self):
        self.env.ref("odoo_servicedesk.close_reason_by_requester").unlink()
        self._submit(self._page(self.customer_user), "solve")
        self.assertEqual(self.ticket.close_reason_id.outcome, "solved")

    def test_reopen_within_the_window(self):
        self._resolved()
        self.ticket.action_close()
        page = self._page(self.customer_user)
        path, answer = self._submit(page, "reopen")
        self.assertEqual(path, f"{self.path}?done=reopened")
        self.assertEqual(self.ticket.stage_kind, "in_progress")
        answer = self._submit(page, "reopen")[1]
        self.assertIn("The request is open already.", self._text(answer))
        self.assertEqual(self.ticket.reopen_count, 1)

    def test_reopen_after_the_window(self):
        self._resolved()
        page = self._page(self.customer_user)
        self.ticket.reopen_until = fields.Datetime.now() - timedelta(seconds=1)
        answer = self._submit(page, "reopen")[1]
        self.assertIn("It is too late to reopen this request.", self._text(answer))
        self.assertEqual(self.ticket.stage_kind, "resolved")
        self.assertNotIn("reopen", self._actions(answer))

    def test_cancel(self):
        for kind in ("new", "in_progress", "waiting_requester", "waiting_third_party"):
            with self.subTest(kind=kind):
                ticket = self._ticket()
                ticket._set_stage_kind(kind)
                self._login(self.customer_user)
                page = self._open(f"/my/requests/{ticket.id}")[1]
                answer = self._submit(page, "cancel")[1]
                self.assertIn("The request is cancelled.", self._text(answer))
                self.assertEqual(ticket.stage_kind, "cancelled")
                self.assertEqual(
                    ticket.close_reason_id,
                    self.env.ref("odoo_servicedesk.close_reason_cancelled"),
                )
                self._submit(page, "cancel")
                self.assertEqual(self._kinds(ticket).count("cancelled"), 1)

    def test_what_is_done_is_not_cancelled(self):
        page = self._page(self.customer_user)
        self._resolved()
        answer = self._submit(page, "cancel")[1]
        self.assertIn("there is nothing to cancel", self._text(answer))
        self.assertEqual(self.ticket.stage_kind, "resolved")

    def test_visitor_with_the_token_decides(self):
        token = self.ticket._portal_ensure_token()
        page = self._page(None, access_token=token)
        path = self._submit(page, "solve")[0]
        self.assertEqual(path, f"{self.path}?done=solved&access_token={token}")
        self.assertEqual(self._kinds(self.ticket), ["created", "resolved", "closed"])

    def test_address_makes_the_page_say_nothing_else(self):
        page = self._page(self.customer_user, done="<b>hacked</b>")
        self.assertNotIn("hacked", self._text(page))

    # ---------------------------------------------------------------- what is shown

    def test_mail_that_opened_the_ticket_is_shown_once(self):
        ticket = self._ticket(description="<p>Only once</p>")
        ticket.with_context(servicedesk_first_message=Inside(True)).message_post(
            body=ticket.description,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.customer.id,
            attachments=[("first.txt", b"first")],
        )
        self._answer_of_agent(ticket, "Only once")
        self._login(self.customer_user)
        page = self._open(f"/my/requests/{ticket.id}")[1]
        self.assertEqual(self._text(page).count("Only once"), 2)
        self.assertEqual(self._text(page).count("first.txt"), 1)

    def test_first_words_of_an_agent_are_no_opening(self):
        ticket = self._ticket(description="<p>Broken</p>")
        self._answer_of_agent(ticket, "Broken")
        self._login(self.customer_user)
        self.assertEqual(self._text(self._open(f"/my/requests/{ticket.id}")[1]).count("Broken"), 2)

    def test_times_are_the_readers(self):
        ticket = self._ticket(opened_at="2026-03-02 23:30:00")
        self.customer_user.tz = "Asia/Tashkent"
        self._login(self.customer_user)
        text = self._text(self._open(f"/my/requests/{ticket.id}")[1])
        self.assertIn("03/03/2026", text)
        self.assertIn("4:30", text)
