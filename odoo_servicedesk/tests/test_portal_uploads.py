from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .portal_common import PIXEL, PortalCase

PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 64
MB = 1024 * 1024


@tagged("post_install", "-at_install", "servicedesk")
class TestPortalUploads(PortalCase):
    """Which files the company takes: by number, size, name and content."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket()
        cls.company = cls.ticket.company_id

    def _answer_page(self):
        self._login(self.customer_user)
        return self._open(f"/my/requests/{self.ticket.id}")[1]

    def _send(self, *files):
        """Send an answer with files: what the page says, and the names of the files taken."""
        before = self.ticket.message_ids
        page = self._submit(self._answer_page(), "answer", text="My words", files=files)[1]
        self.env.invalidate_all()
        new = self.ticket.message_ids - before
        return self._text(page), sorted(new.attachment_ids.mapped("name"))

    def _refused(self, words, *files):
        text, names = self._send(*files)
        self.assertIn(words, text)
        self.assertIn("Files must be chosen again.", text)
        self.assertEqual(names, [])

    def _taken(self, *files):
        text, names = self._send(*files)
        self.assertIn("your answer has been sent", text)
        self.assertEqual(names, sorted(name for name, _content in files))

    # ---------------------------------------------------------------- number and size

    def test_number_and_size_are_the_companys(self):
        self.company.write({"servicedesk_max_files": 2, "servicedesk_max_file_mb": 1})
        page = self._answer_page()
        self.assertIn("up to 2 files of 1 MB", self._text(page))
        self.assertTrue(page.xpath("//input[@name='files'][@multiple]"))
        self._taken(("a.txt", b"a"), ("b.bin", b"x" * MB))
        self._refused("“b.bin” is larger than 1 MB.", ("a.txt", b"a"), ("b.bin", b"x" * (MB + 1)))
        self._refused("at most 2 files at once", *[(f"{i}.txt", b"x") for i in range(3)])

    def test_one_file(self):
        self.company.servicedesk_max_files = 1
        page = self._answer_page()
        self.assertIn("one file of up to 20 MB", self._text(page))
        self.assertFalse(page.xpath("//input[@name='files'][@multiple]"))
        self._refused("Please send only one file at once.", ("a.txt", b"a"), ("b.txt", b"b"))

    def test_limits_a_form_cannot_carry_are_refused_in_words(self):
        for values, words in (
            ({"servicedesk_max_files": 11}, "11 files of 20 MB are 220 MB"),
            ({"servicedesk_max_files": 0}, "at least one file"),
            ({"servicedesk_max_file_mb": -1}, "at least one file"),
            ({"servicedesk_file_types": "pdf, p/f"}, "“p/f” is not a file type"),
            ({"servicedesk_refused_types": "<b>"}, "“<b>” is not a file type"),
        ):
            with self.subTest(values), self.refused(words, ValidationError):
                self.company.write(values)

    # ---------------------------------------------------------------- types

    def test_types_taken(self):
        self.company.servicedesk_file_types = ".PDF; *.png tar.gz, exe"
        page = self._answer_page()
        self.assertIn("up to 10 files of 20 MB: pdf, png, tar.gz", self._text(page))
        self.assertEqual(
            page.xpath("//input[@name='files']/@accept"),
            [".pdf,.png,.tar.gz"],
            "never taken wins over taken",
        )
        self._taken(("A.PNG", PIXEL), ("b.tar.gz", b"\x1f\x8b\x08"), ("c.pdf", b"%PDF-1.7"))
        for name in ("a.txt", "png", "a.gz", "a.png.txt"):
            self._refused(
                f"“{name}” is none of the types we take: pdf, png, tar.gz.", (name, b"text")
            )
        self._refused("For safety we do not take files like “a.exe”.", ("a.exe", PROGRAM))

    def test_all_but_programs_to_begin_with(self):
        self.assertFalse(self._answer_page().xpath("//input[@name='files'][@accept]"))
        self._taken(("a.txt", b"MZ Bank: statement"), ("log", b"x"), ("c.PNG", PIXEL))
        for name in ("a.exe", "b.PS1", "c.pdf.js", "d.bat. ."):
            self._refused(f"For safety we do not take files like “{name}”.", (name, b"x"))

    def test_program_under_another_name(self):
        for name, content in (
            ("photo.png", PROGRAM),
            ("report.pdf", PROGRAM),
            ("data", b"\x7fELF\x02\x01\x01" + b"\x00" * 64),
        ):
            self._refused(f"“{name}” is a program, whatever its name says.", (name, content))

    def test_picture_that_is_none(self):
        self._refused("“a.png” is no png file, though", ("a.png", b"<html><script>1</script>"))
        self._refused("“a.pdf” is no pdf file, though", ("a.pdf", b"<html><script>1</script>"))
        self._taken(("photo.jpg", PIXEL), ("old.pdf", b"\r\n%PDF-1.3"), ("nothing.png", b""))

    def test_company_that_takes_programs(self):
        self.company.servicedesk_refused_types = False
        self._taken(("setup.exe", PROGRAM), ("setup.bin", PROGRAM))
        self.company.servicedesk_file_types = "bin"
        self._refused("“setup.bin” is a program", ("setup.bin", PROGRAM))

    # ---------------------------------------------------------------- whose company

    def test_the_company_of_the_zone_counts(self):
        other = self.env["res.company"].create({"name": "Second", "servicedesk_max_file_mb": 5})
        self.customer_user.company_ids = [(4, other.id)]
        zone = self.env["servicedesk.zone"].create({"name": "Far", "company_id": other.id})
        self._login(self.customer_user)
        self.assertIn("files of 20 MB", self._text(self._open("/my/requests/new")[1]))
        page = self._open("/my/requests/new", zone_id=zone.id)[1]
        self.assertIn("files of 5 MB", self._text(page))
        large = [("a.bin", b"x" * (5 * MB + 1))]
        values = {"subject": "Lamp", "text": "It flickers", "files": large}
        answer = self._submit(page, "new", zone_id=str(zone.id), **values)[1]
        self.assertIn("“a.bin” is larger than 5 MB.", self._text(answer))
        answer = self._submit(page, "new", zone_id=str(self.zone_it.id), **values)[1]
        self.assertIn("Thank you. Your request has the number", self._text(answer))

    def test_visitors_have_the_same_limits(self):
        self.zone_it.allow_anonymous = True
        self._login(None)
        page = self._open("/servicedesk/request", zone_id=self.zone_it.id)[1]
        self.assertIn("up to 10 files of 20 MB", self._text(page))
        values = {"zone_id": str(self.zone_it.id), "subject": "Lamp", "text": "It flickers"}
        person = {"name": "Vera", "email": "vera@visitor.example"}
        page = self._submit(page, "request", files=[("a.exe", PROGRAM)], **values, **person)[1]
        self.assertIn("For safety we do not take files like “a.exe”.", self._text(page))
        page = self._submit(page, "request", files=[("a.png", PIXEL)], **values, **person)[1]
        self.assertIn("Your request has the number", self._text(page))

    # ---------------------------------------------------------------- settings

    def test_settings_are_saved_together(self):
        """Half of the change, 50 MB with 10 files, would be too much."""
        settings = self.env["res.config.settings"]
        self.assertEqual(settings.create({}).servicedesk_max_files, 10)
        settings.create(
            {
                "servicedesk_max_file_mb": 50,
                "servicedesk_max_files": 4,
                "servicedesk_file_types": "pdf",
            }
        ).execute()
        self.assertEqual(
            (
                self.company.servicedesk_max_files,
                self.company.servicedesk_max_file_mb,
                self.company.servicedesk_file_types,
            ),
            (4, 50, "pdf"),
        )
        self.assertIn("exe", self.company.servicedesk_refused_types)
        with self.refused("are 400 MB", ValidationError):
            settings.create({"servicedesk_max_files": 8}).execute()
