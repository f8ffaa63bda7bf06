"""Forms as a request is read, urlencoded and multipart: strict, and within limits."""

from __future__ import annotations

from urllib.parse import parse_qsl

from mailproof_mock.call import Form, Problem, Upload
from mailproof_mock.dispositions import read_disposition
from mailproof_mock.header_parameters import parameters_of
from mailproof_mock.multipart import Part, parts_of

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
_MOST_FIELDS = 1_000  # a hand-written form has a dozen
_MOST_TEXT = 1_048_576  # bytes of one text in a part
_MOST_ESCAPES = 262_144  # of a form without parts; decoding each takes a microsecond and a hundred bytes
_LONGEST_BOUNDARY = 70  # characters: RFC 2046, section 5.1.1


def read_urlencoded(body: bytes) -> dict[str, str]:
    """The fields of a form; of a repeated name the first counts. Raises Problem("bad-request")."""
    if body.count(b"%") > _MOST_ESCAPES:
        raise Problem("bad-request", f"The form has more than {_MOST_ESCAPES} escapes.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=_MOST_FIELDS
        )
    except UnicodeDecodeError:
        raise Problem("bad-request", "The form is not percent-encoded UTF-8.") from None
    except ValueError:
        raise Problem("bad-request", f"The form has more than {_MOST_FIELDS} fields.") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name:
            found.setdefault(name, value)
    return found


def read_multipart(body: bytes, content_type: str) -> Form:
    """The parts of a form by name, texts and files; of a repeated name the first counts.

    Texts are UTF-8, and a `Content-Transfer-Encoding` means nothing (RFC 7578, section 4.7). Raises
    Problem("bad-request") for one without a boundary, without its end, or otherwise not a form.
    """
    form = Form()
    try:
        for number, part in enumerate(parts_of(body, _boundary(content_type))):
            if number == _MOST_FIELDS:
                raise Problem("bad-request", f"The form has more than {_MOST_FIELDS} parts.")
            _add(form, part)
    except UnicodeError:
        raise Problem("bad-request", "The form cannot be read: a text in it is not UTF-8.") from None
    except ValueError as error:
        raise Problem("bad-request", f"The form cannot be read: {str(error)[:120]}.") from None
    return form


def _boundary(content_type: str) -> bytes:
    _, semicolon, rest = content_type.partition(";")
    boundary = parameters_of(semicolon + rest).get("boundary", "")
    if not 0 < len(boundary) <= _LONGEST_BOUNDARY or not boundary.isascii():
        raise ValueError(f"it needs a boundary of 1 to {_LONGEST_BOUNDARY} characters")
    return boundary.encode()


def _add(form: Form, part: Part) -> None:
    disposition = read_disposition(part.headers.get("content-disposition", ""))
    if disposition.filename is not None:
        content_type = part.headers.get("content-type", "application/octet-stream")
        upload = Upload(disposition.filename, content_type, part.content)
        form.uploads.append(upload)
        form.setdefault(disposition.name, upload)
    elif not disposition.name:
        return  # as in the other kind of form: a value without a name is nobody's
    elif len(part.content) > _MOST_TEXT:
        raise ValueError(f"the text {disposition.name[:40]!r} has more than {_MOST_TEXT} bytes")
    else:
        form.setdefault(disposition.name, part.content.decode())
