from odoo.http import request

from ..models.res_company_uploads import MAX_FORM_MB

# for routes, which know no company yet: all files of one form and its words
MAX_FORM_BYTES = (MAX_FORM_MB + 1) * 1024 * 1024


def read_files(field="files", company=None):
    """Files sent with the current request, as far as the company takes them.

    :param str field: name of the form's field
    :param company: the ``res.company`` the request goes to; the current one if it is not known
    :return: ``(files, error)``: a list of ``(name, bytes)`` and an empty sentence, or an empty
        list and what to tell the sender
    """
    company = company or request.env.company
    limits = company._servicedesk_upload_limits()
    sent = [file for file in request.httprequest.files.getlist(field) if file.filename]
    if len(sent) > limits["count"]:
        if limits["count"] == 1:
            return [], request.env._("Please send only one file at once.")
        return [], request.env._("Please send at most %s files at once.", limits["count"])
    files = []
    for file in sent:
        name = file.filename.replace("\\", "/").rsplit("/", 1)[-1]
        content = file.read(limits["size"] * 1024 * 1024 + 1)
        if len(content) > limits["size"] * 1024 * 1024:
            return [], request.env._(
                "“%(name)s” is larger than %(size)s MB. Please send it in another way.",
                name=name,
                size=limits["size"],
            )
        if error := company._servicedesk_file_error(name, content):
            return [], error
        files.append((name, content))
    return files, ""
