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
    # one more than may be: enough to be refused, and not all of it in memory
    files = [
        (_plain_name(file.filename), file.read(limits["size"] * 1024 * 1024 + 1))
        for file in sent[: limits["count"] + 1]
    ]
    error = company._servicedesk_files_error(files)
    return ([], error) if error else (files, "")


def _plain_name(filename):
    return filename.replace("\\", "/").rsplit("/", 1)[-1][:255]
