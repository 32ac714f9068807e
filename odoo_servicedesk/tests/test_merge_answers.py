from odoo.tests import tagged

from .common import ServicedeskCommon


@tagged("post_install", "-at_install", "servicedesk")
class TestMergeAnswers(ServicedeskCommon):
    """What a form was answered with goes along when its request goes on in another ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bob = cls.env["res.partner"].create({"name": "Bob", "email": "bob@baker.example"})
        cls.old, cls.new = cls._ticket(), cls._ticket(name="Chair", partner_id=cls.bob.id)
        cls.new._add_answers(
            [
                cls._answer("Which room?", "12 <b>\nUpstairs"),
                cls._answer("Why", False),
                cls._answer("Photo", "p.txt", "file", files=[("p.txt", b"photo")]),
            ]
        )

    @staticmethod
    def _answer(label, value, kind="text", **more):
        return {"label": label, "key": label.lower(), "type": kind, "value": value, **more}

    def _merge(self, ticket=None, survivor=None, user=None):
        survivor = survivor or self.old
        before = survivor.message_ids
        user = user or self.lead
        (ticket or self.new).with_user(user)._merge_into(survivor.with_user(user))
        self.env.invalidate_all()
        return survivor.message_ids.filtered(lambda m: m.message_type == "comment") - before

    def test_answers_alone_become_a_message_with_their_files(self):
        message = self._merge()
        rows = "<ul><li>Which room? 12 &lt;b&gt;<br>Upstairs</li><li>Photo: p.txt</li></ul>"
        self.assertEqual(message.body, rows)
        self.assertEqual((message.author_id, message.date), (self.bob, self.new.opened_at))
        file = message.attachment_ids
        self.assertEqual((file.name, file.raw), ("p.txt", b"photo"))
        self.assertEqual((file.res_model, file.res_id), ("servicedesk.ticket", self.old.id))
        self.assertTrue(file.with_user(self.agent).has_access("read"))
        self.assertEqual(len(self.new.answer_ids), 3, "the answers themselves stay")
        self.assertNotEqual(self.new.answer_ids.attachment_ids, file)

    def test_words_and_answers_are_one_message(self):
        self.new.description = "<p>It broke</p>"
        message = self._merge()
        self.assertTrue(message.body.startswith("<p>It broke</p><ul><li>Which room"))

    def test_words_that_were_a_message_are_not_doubled(self):
        self.new.description = "<p>It broke</p>"
        said = self.new.message_post(
            body="It broke",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.bob.id,
        )
        told = self._merge() - said
        self.assertEqual(len(told), 1)
        self.assertTrue(told.body.startswith("<ul><li>Which room"))

    def test_what_stayed_in_a_confidential_zone_stays(self):
        self.new.zone_id = self.zone_hr
        self.new.zone_id = self.zone_it
        self.assertFalse(self._merge())
        self.assertFalse(self.old.message_ids.attachment_ids)

    def test_who_works_inside_only_may_merge(self):
        self.line_2.internal_only = True
        self.old.line_id = self.line_2
        self.line_1.member_ids += self.second
        self.assertTrue(self._merge(user=self.second))
