from odoo.http import request

MAX_FILES = 10
MAX_FILE_BYTES = 20 * 1024 * 1024
# all files of one form; what is beyond never reaches the code
MAX_FORM_BYTES = MAX_FILES * MAX_FILE_BYTES + 1024 * 1024


def read_files(field="files"):
    """Files sent with the current request.

    :return: ``(files, error)``: a list of ``(name, bytes)`` and an empty sentence, or an empty
        list and what to tell the sender
    """
    sent = [file for file in request.httprequest.files.getlist(field) if file.filename]
    if len(sent) > MAX_FILES:
        return [], request.env._("Please send at most %s files at once.", MAX_FILES)
    files = []
    for file in sent:
        content = file.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            return [], request.env._(
                "“%(name)s” is larger than %(size)s MB. Please send it in another way.",
                name=file.filename,
                size=MAX_FILE_BYTES // 1024 // 1024,
            )
        files.append((file.filename.replace("\\", "/").rsplit("/", 1)[-1], content))
    return files, ""
