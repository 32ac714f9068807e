"""Zip packages and their XML from strangers, without unpacking or building more than is asked.

A package is judged by its directory before anything of it is unpacked; its XML is read piece by
piece, without document types (so without entities) and without a tree. No ORM.
"""

import struct
import zipfile
import zlib
from contextlib import contextmanager
from xml.parsers import expat

from .import_row import TableError

PIECE = 64 * 1024
MAX_DIRECTORY = 2 * 1024**2  # bytes of the list of members, which zipfile reads in one piece
MAX_MEMBERS = 5_000
MAX_UNPACKED = 1024**3
MAX_RATIO = 200
SMALL = 10 * 1000**2  # what may be packed as tightly as it likes
ENCRYPTED = 0x1
# one name, attribute or comment; the parser holds each as a whole
MAX_TOKEN = 1024**2
MAX_NAMES = 10_000
MAX_DEPTH = 64
NEEDED = frozenset({"[Content_Types].xml", "xl/workbook.xml"})
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError),
    *(ArithmeticError, EOFError, LookupError, NotImplementedError, RuntimeError, ValueError),
)


@contextmanager
def broken_is_table_error():
    """What the libraries raise over a broken package becomes the one error of the readers."""
    try:
        yield
    except BROKEN as error:
        raise TableError("xlsx_broken") from error


class _Bounded:
    """A stream of which nothing is read in a piece larger than a directory may be.

    ``zipfile`` reads the directory as one, as long as the file says it is.
    """

    def __init__(self, stream):
        self._stream = stream
        self.tell = stream.tell

    def read(self, size=-1):  # pylint: disable=method-required-super
        size = MAX_DIRECTORY if size is None or size < 0 else size
        return self._stream.read(min(size, MAX_DIRECTORY))

    def seek(self, offset, whence=0):
        if offset < 0 and not whence:
            raise zipfile.BadZipFile("a member begins before the file")
        return self._stream.seek(offset, whence)

    def seekable(self):
        return True


def open_package(stream):
    """A workbook's package whose members may be read; the caller closes it.

    :param stream: binary and seekable; it stays open
    :return: ``zipfile.ZipFile``
    :raise TableError: ``xlsx_broken``, ``xlsx_bomb``, ``xlsx_protected``
    """
    with broken_is_table_error():
        package = zipfile.ZipFile(_Bounded(stream))
    code = _danger(package.infolist())
    if code:
        package.close()
        raise TableError(code)
    return package


def _danger(members):
    names = {member.filename for member in members}
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        return "xlsx_bomb"
    if any(map(_is_bomb, members)):
        return "xlsx_bomb"
    if any(member.flag_bits & ENCRYPTED for member in members):
        return "xlsx_protected"
    # other packers than Excel's can be made to take any memory; of two members with one name
    # each program reads another
    packers = {member.compress_type for member in members}
    if packers - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or len(names) < len(members):
        return "xlsx_broken"
    return "" if names >= NEEDED else "xlsx_broken"


def _is_bomb(member):
    return member.file_size > SMALL and member.file_size > MAX_RATIO * member.compress_size


class XmlHandler:
    """What to do with the XML of a member; names come without the prefix of their namespace.

    Text is gathered while ``gathers`` is set, as far as there is ``room``.
    """

    def __init__(self):
        self._depth = 0
        self.gathers = False
        self.room = 0
        self.pieces = []

    def begin(self, name, attributes):
        """An element begins."""

    def end(self, name):
        """An element ends."""

    def gather(self, room):
        """Begin to gather text anew.

        :param int room: how many characters at most
        """
        self.pieces = []
        self.room = room

    def start_element(self, name, attributes):
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TableError("xlsx_broken")
        self.begin(name[name.find(":") + 1 :], attributes)

    def end_element(self, name):
        self._depth -= 1
        self.end(name[name.find(":") + 1 :])

    def character_data(self, data):
        if self.gathers and self.room > 0:
            self.pieces.append(data[: self.room])
            self.room -= len(data)

    def start_doctype(self, *args):
        raise TableError("xlsx_broken")


def parse_xml(package, name, handler):
    """Hand the XML of a member to a handler, piece by piece.

    :param package: ``zipfile.ZipFile``
    :param str name: of the member
    :param handler: :class:`XmlHandler`
    :return: iterator of None, after each piece
    :raise: any of ``BROKEN``, TableError
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = handler.start_element
    parser.EndElementHandler = handler.end_element
    parser.CharacterDataHandler = handler.character_data
    parser.StartDoctypeDeclHandler = handler.start_doctype
    given = 0
    with package.open(name) as member:
        while piece := member.read(PIECE):
            parser.Parse(piece)
            given += len(piece)
            if given - parser.CurrentByteIndex > MAX_TOKEN or len(parser.intern) > MAX_NAMES:
                raise TableError("xlsx_broken")
            yield
        parser.Parse(b"", True)
        yield
