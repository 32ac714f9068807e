"""Encoding and delimiter of a text file, guessed by its content. No ORM."""

import codecs
import csv
import io
from collections import Counter

import chardet

from .import_csv import SEPARATOR_LINE
from .import_row import TableError, TableFormat

SAMPLE = 256 * 1024
DETECT = 64 * 1024  # chardet reads about one MB a second
DELIMITERS = ",;\t|"
MAX_RECORDS = 200
# longer marks first: UTF-32's begins as UTF-16's does
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# what Windows writes where chardet names the standard; Mac's Cyrillic is a misjudged cp1251
CODECS = {
    "windows-1251": "cp1251",
    "maccyrillic": "cp1251",
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-9": "cp1254",
    "windows-1250": "cp1250",
    "windows-1253": "cp1253",
    "windows-1254": "cp1254",
    "windows-1255": "cp1255",
    "iso-8859-5": "iso8859-5",
    "koi8-r": "koi8-r",
    "ibm866": "cp866",
    "ibm855": "cp855",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "shift_jis": "cp932",
    "cp932": "cp932",
    "euc-jp": "euc-jp",
    "euc-kr": "cp949",
    "cp949": "cp949",
}
# what has no zeros near its begin: PDF, PNG, JPEG, gzip, RTF
OTHER_FILES = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"{\\rtf")


def sniff_csv(stream):
    """The format of a text file.

    :param stream: binary, seekable
    :return: :class:`TableFormat`
    :raise TableError: ``empty``, ``not_a_table``
    """
    stream.seek(0)
    head = stream.read(SAMPLE)
    if head.startswith(OTHER_FILES):
        raise TableError("not_a_table")
    encoding = next((name for mark, name in MARKS if head.startswith(mark)), None)
    encoding = encoding or _encoding_by_zeros(head) or _encoding_by_letters(stream, head)
    text = _decode(head, encoding)
    if not text.strip("\ufeff \t\r\n"):
        raise TableError("empty")
    if text.lstrip("\ufeff \t\r\n").startswith("<"):  # pages and XML that are named .xls
        raise TableError("not_a_table")
    return TableFormat("csv", encoding, _delimiter(text, len(head) == SAMPLE))


def _decode(sample, encoding, errors="replace"):
    """The text of a sample; a character that the sample's end cuts is left out."""
    return codecs.getincrementaldecoder(encoding)(errors).decode(sample)


def _encoding_by_zeros(head):
    """UTF-16 without a mark: the zeros of its ASCII characters are all even or all odd.

    :return: name of the encoding; None if there are no zeros
    :raise TableError: zeros of another kind of file
    """
    head = head[:8192]
    if b"\0" not in head:
        return None
    encoding = "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"
    try:
        text = _decode(head, encoding, "strict")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or "\n" not in text:
        raise TableError("not_a_table")
    return encoding


def _encoding_by_letters(stream, head):
    sample = head
    while sample.isascii():  # also when the first letter of another alphabet comes late
        sample = stream.read(SAMPLE)
        if not sample:
            return "utf-8"
    lines = sample.splitlines(keepends=True)
    # one bad line does not make another encoding of a file
    text = _decode(b"".join(lines[1:]) if sample is not head else sample, "utf-8")
    bad = text.count("\ufffd")
    good = sum(map((127).__lt__, map(ord, text))) - bad
    if good >= 10 * bad:
        return "utf-8"
    telling = b"".join(line for line in lines if not line.isascii())[:DETECT]
    guesses = [str(guess["encoding"]).lower() for guess in chardet.detect_all(telling)]
    return next((CODECS[guess] for guess in guesses if guess in CODECS), "cp1252")


def _delimiter(text, is_cut):
    """The delimiter that gives most records as many cells as the header, more than one."""
    first = text.removeprefix("\ufeff").partition("\n")[0]
    named = SEPARATOR_LINE.fullmatch(first)
    if named and named[1]:
        return named[1]
    best, delimiter = (0.5, 1), ","
    for candidate in DELIMITERS:
        counts = _counts(text.removeprefix("\ufeff"), candidate, is_cut)
        cells = counts[0] if counts else 0
        score = Counter(counts)[cells] / len(counts) if counts else 0, cells
        if cells > 1 and score > best:
            best, delimiter = score, candidate
    return delimiter


def _counts(text, delimiter, is_cut):
    """How many cells each of the first records has that are not empty."""
    counts = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cells):
                counts.append(len(cells))
            if len(counts) > MAX_RECORDS:
                return counts[:-1]
    except csv.Error:
        return counts
    return counts[:-1] if is_cut and len(counts) > 1 else counts
