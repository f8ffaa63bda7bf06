"""Laws about the form in which a file travels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance.forms import MULTIPART, multipart
from mailproof_conformance.laws import law
from mailproof_conformance.which50.folder import (
    BAD_REQUEST,
    OK,
    TEXT,
    TOO_LARGE,
    UNMET,
    UNSUPPORTED,
    holds,
    lacks,
    remove,
    upload,
)
from mailproof_conformance.wire import File

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_BEYOND = 30_000_000


def _sent(check: Check, form: Any) -> int:
    return check.call("upload_file", body=form, content_type=MULTIPART).status


@law("W50-upload-any-part-name")
def the_part_has_any_name(check: Check) -> None:
    """Several names of the part, with texts before and behind it."""
    for part in ("file", "upload", "files[]", "Datei", "filename", "été"):
        name = check.fresh("part-") + ".csv"
        form = {"note": "first", part: File(name, TEXT), "comment": "last"}
        check.equal(OK, _sent(check, form), f"an upload in a part named {part}")
        holds(check, name, TEXT, f"a file from a part named {part}")
        remove(check, name)


@law("W50-upload-one-file")
def one_file_and_no_more(check: Check) -> None:
    """No file, a text that is called file, and two files in one and in two parts."""
    names = [check.fresh("one-of-two-") + ".csv" for _ in range(2)]
    files = [File(name, TEXT) for name in names]
    forms: dict[str, Any] = {
        "without a file": {"note": "nothing"},
        "with a text for a file": {"file": "Email;Mobile"},
        "with two files": {"one": files[0], "two": files[1]},
        "with two files in parts of one name": {"file": files},
    }
    for about, form in forms.items():
        check.equal(UNMET, _sent(check, form), f"a form {about}")
        for name in names:
            lacks(check, name, f"a file of a form {about}")


@law("W50-upload-multipart")
def only_a_form_with_parts_is_read(check: Check) -> None:
    """The bytes of a right form under other names, and other bodies."""
    name = check.fresh("not-a-form-") + ".csv"
    form, _ = multipart({"file": File(name, TEXT)})
    for content_type in ("text/csv", "application/octet-stream", "application/json", "multipart/mixed; boundary=x"):
        for body in (form, TEXT):
            response = check.call("upload_file", body=body, content_type=content_type)
            check.equal(UNSUPPORTED, response.status, f"a body of {content_type}")
    response = check.call("upload_file", body=b"file=a.csv", content_type="application/x-www-form-urlencoded")
    check.equal(UNSUPPORTED, response.status, "a form without parts")
    lacks(check, name, "a file that came in no form")


@law("W50-upload-broken")
def half_a_form_leaves_nothing(check: Check) -> None:
    """A form cut short at several places, and one whose boundary is missing or another."""
    name = check.fresh("half-") + ".csv"
    form, content_type = multipart({"note": "first", "file": File(name, TEXT)})
    end = form.rindex(b"--", 0, -4)  # of the last boundary
    for cut in (len(form) // 4, len(form) // 2, end - len(TEXT) // 2, end, len(form) - 4):
        response = check.call("upload_file", body=form[:cut], content_type=content_type)
        check.equal(BAD_REQUEST, response.status, f"a form of which {len(form) - cut} bytes are missing")
        lacks(check, name, "a file of a form that was cut short")
    for wrong in (MULTIPART, f"{MULTIPART}; boundary=", f"{MULTIPART}; boundary=another"):
        response = check.call("upload_file", body=form, content_type=wrong)
        check.equal(BAD_REQUEST, response.status, f"a form declared as {wrong}")
        lacks(check, name, "a file of a form without its boundary")


@law("W50-upload-limit")
def what_is_too_large_is_not_kept(check: Check) -> None:
    """A file of as many bytes as the body may have, so that the form around it is too much."""
    name = check.fresh("large-") + ".bin"
    check.equal(TOO_LARGE, upload(check, name, bytes(_BEYOND)).status, f"an upload of {_BEYOND} bytes and their form")
    lacks(check, name, "a file that was too large")


@law("W50-upload-name-without-folder")
def the_name_names_no_folder(check: Check) -> None:
    """Names as old browsers sent them, and as nobody ought to."""
    last = check.fresh("last-part-") + ".csv"
    for folder in ("reports/", "reports\\", "C:\\Users\\ada\\", "/", "../", "..\\", "./"):
        check.equal(UNMET, upload(check, folder + last).status, f"the upload of a file named {folder + last}")
        lacks(check, last, "the last part of a name that was refused")
        lacks(check, f"reports/{last}", "a name that was refused")
