import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.mimetypes import guess_mimetype

# all files of one form: what is beyond never reaches the code
MAX_FORM_MB = 200
# what a double click runs on the computers of most people
PROGRAM_TYPES = (
    "appx, bat, chm, cmd, com, cpl, dll, exe, hta, jar, js, jse, lnk, msc, msi, msp, pif, ps1, "
    "reg, scr, vb, vbe, vbs, wsf, wsh, xll"
)
FILE_TYPE = re.compile(r"[a-z0-9][a-z0-9_+.-]{0,19}")
PICTURE_TYPES = frozenset({"bmp", "gif", "jpeg", "jpg", "png", "webp"})


class ResCompany(models.Model):
    """Which files the company takes in the portal's forms: how many, how large, of what type."""

    _inherit = "res.company"

    servicedesk_max_files = fields.Integer("Files of One Form", default=10)
    servicedesk_max_file_mb = fields.Integer("MB for Each File", default=20)
    servicedesk_file_types = fields.Char(
        "File Types Taken",
        help="Endings of file names such as “pdf, docx, png”. Empty: all but those never taken.",
    )
    servicedesk_refused_types = fields.Char(
        "File Types Never Taken",
        default=PROGRAM_TYPES,
        help="Endings of file names that are refused, also when the list of types taken has them.",
    )

    @api.constrains("servicedesk_max_files", "servicedesk_max_file_mb")
    def _check_upload_size(self):
        for company in self:
            count, size = company.servicedesk_max_files, company.servicedesk_max_file_mb
            if count < 1 or size < 1:
                raise ValidationError(
                    self.env._("People must be able to send at least one file of one MB.")
                )
            if count * size > MAX_FORM_MB:
                raise ValidationError(
                    self.env._(
                        "One form carries at most %(most)s MB, but %(count)s files of %(size)s MB "
                        "are %(total)s MB. Allow fewer or smaller files.",
                        most=MAX_FORM_MB,
                        count=count,
                        size=size,
                        total=count * size,
                    )
                )

    @api.constrains("servicedesk_file_types", "servicedesk_refused_types")
    def _check_file_types(self):
        for company in self:
            texts = (company.servicedesk_file_types, company.servicedesk_refused_types)
            for name in [name for text in texts for name in self._split_file_types(text)]:
                if not FILE_TYPE.fullmatch(name):
                    raise ValidationError(
                        self.env._(
                            "“%s” is not a file type. Write the endings of file names with commas "
                            "between them, such as: pdf, docx, png.",
                            name,
                        )
                    )

    @api.model
    def _split_file_types(self, text):
        """Endings as somebody typed them, in lower case and without dots in front, each once."""
        names = (name.lstrip("*.").lower() for name in re.split(r"[\s,;]+", text or ""))
        return list(dict.fromkeys(filter(None, names)))

    def _servicedesk_upload_limits(self):
        """What the portal's forms say about files.

        :return: ``{"count", "size" (MB), "accept" (as the HTML attribute), "words"}``
        """
        self.ensure_one()
        company = self.sudo()  # sudo: for everybody who gets a form
        count, size = company.servicedesk_max_files, company.servicedesk_max_file_mb
        refused = self._split_file_types(company.servicedesk_refused_types)
        taken = self._split_file_types(company.servicedesk_file_types)
        shown = [name for name in taken if name not in refused]
        if count == 1:
            words = self.env._("optional, one file of up to %s MB", size)
        else:
            words = self.env._(
                "optional, up to %(count)s files of %(size)s MB", count=count, size=size
            )
        if shown:
            words = self.env._("%(limits)s: %(types)s", limits=words, types=", ".join(shown))
        return {
            "count": count,
            "size": size,
            "accept": ",".join(f".{name}" for name in shown),
            "words": words,
        }

    def _servicedesk_files_error(self, files):
        """Why the company does not take the files of one form; empty if it takes them all.

        :param list files: ``[(name, bytes), …]``
        :return: a sentence for the sender
        """
        self.ensure_one()
        limits = self._servicedesk_upload_limits()
        if len(files) > limits["count"] == 1:
            return self.env._("Please send only one file at once.")
        if len(files) > limits["count"]:
            return self.env._("Please send at most %s files at once.", limits["count"])
        for name, content in files:
            if len(content) > limits["size"] * 1024 * 1024:
                return self.env._(
                    "“%(name)s” is larger than %(size)s MB. Please send it in another way.",
                    name=name,
                    size=limits["size"],
                )
            if error := self._servicedesk_file_error(name, content):
                return error
        return ""

    def _servicedesk_file_error(self, name, content):
        """Why the company does not take a file, by its name and by what is in it.

        :param str name: the file's name
        :param bytes content: all of it
        :return: a sentence for the sender; empty if the file is taken
        """
        self.ensure_one()
        company = self.sudo()  # sudo: as above
        ending = name.lower().rstrip(". ")
        refused = self._split_file_types(company.servicedesk_refused_types)
        taken = self._split_file_types(company.servicedesk_file_types)
        if self._has_ending(ending, refused):
            return self.env._(
                "For safety we do not take files like “%s”. Please send it in another way.", name
            )
        if taken and not self._has_ending(ending, taken):
            return self.env._(
                "“%(name)s” is none of the types we take: %(types)s.",
                name=name,
                types=", ".join(kind for kind in taken if kind not in refused),
            )
        takes_programs = "exe" in taken if taken else "exe" not in refused
        return self._content_error(name, ending.rpartition(".")[2], content, takes_programs)

    @api.model
    def _has_ending(self, name, types):
        return name.endswith(tuple(f".{kind}" for kind in types))

    @api.model
    def _content_error(self, name, kind, content, takes_programs):
        """What is wrong with a file that is not what its name says, else an empty sentence."""
        if not content:
            return ""
        guessed = guess_mimetype(content, default="application/octet-stream")
        is_program = content.startswith((b"MZ", b"\x7fELF")) and guessed != "text/plain"
        if is_program and not takes_programs:
            return self.env._("“%s” is a program, whatever its name says. We take none.", name)
        is_other = (kind in PICTURE_TYPES and not guessed.startswith("image/")) or (
            # some programs write a few bytes before the beginning
            kind == "pdf" and b"%PDF" not in content[:1024]
        )
        if is_other:
            return self.env._(
                "“%(name)s” is no %(type)s file, though its name says so. "
                "Please choose the right one.",
                name=name,
                type=kind,
            )
        return ""
