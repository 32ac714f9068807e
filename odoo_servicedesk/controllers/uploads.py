from odoo.http import request

from ..models.res_company import MAX_FILE_MB, MAX_FILES

MEGABYTE = 1024 * 1024
# all files of one form; what is beyond never reaches the code
MAX_FORM_BYTES = (MAX_FILES * 20 + 1) * MEGABYTE


def read_files(company, field="files"):
    """Files sent with the current request.

    :param company: the ``res.company`` whose limits count
    :return: ``(files, error)``: a list of ``(name, bytes)`` and an empty sentence, or an empty
        list and what to tell the sender
    """
    sent = [file for file in request.httprequest.files.getlist(field) if file.filename]
    # one more than may be: enough to be refused, and not all of it in memory
    files = [
        (_plain_name(file.filename), file.read(MAX_FILE_MB * MEGABYTE + 1))
        for file in sent[: MAX_FILES + 1]
    ]
    error = company._servicedesk_file_error(files)
    return ([], error) if error else (files, "")


def _plain_name(filename):
    return filename.replace("\\", "/").rsplit("/", 1)[-1][:255]
