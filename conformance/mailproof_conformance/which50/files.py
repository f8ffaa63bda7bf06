"""Laws about files that come, stay and go, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from mailproof_conformance.laws import law
from mailproof_conformance.verdicts import Broken
from mailproof_conformance.which50.folder import (
    BAD_REQUEST,
    FORBIDDEN,
    NOT_FOUND,
    OK,
    TEXT,
    download,
    holds,
    is_file,
    kept,
    lacks,
    remove,
    upload,
)

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_EVERY_BYTE = bytes(range(256))
_AWKWARD = (
    _EVERY_BYTE,
    b"\r\n",
    b"\r\n--",
    b"--",
    b"\n\r\n\r\n",
    b"\xef\xbb\xbfEmail\r\n",
    b"PK\x03\x04" + bytes(64),
    b'Content-Disposition: form-data; name="file"; filename="inner.txt"\r\n\r\ninner\r\n',
    _EVERY_BYTE * 700,
)
"""Content that a reader of forms, of lines or of text could take for something else."""
_FEW = 25


@law("W50-file-round-trip")
def bytes_come_back(check: Check) -> None:
    """Files of any bytes, among them such as look like a part of the form."""
    name = check.fresh("round-trip-") + ".bin"

    def holds_for(data: bytes) -> None:
        with kept(check, name, data) as path:
            holds(check, path, data, "an uploaded file")

    check.forall(st.binary(min_size=1, max_size=2_000), holds_for, _AWKWARD, most=_FEW)


@law("W50-file-empty")
def no_bytes_come_back(check: Check) -> None:
    """A file without content."""
    with kept(check, check.fresh("empty-") + ".txt", b"") as path:
        holds(check, path, b"", "a file without content")


@law("W50-file-replaced")
def the_last_upload_stays(check: Check) -> None:
    """A longer file, then a shorter one under the same name."""
    name = check.fresh("replaced-") + ".csv"
    with kept(check, name, TEXT * 40) as path:
        check.equal(OK, upload(check, name, TEXT).status, "the second upload of a name")
        holds(check, path, TEXT, "a file that was replaced")


@law("W50-file-deleted")
def what_is_deleted_is_gone(check: Check) -> None:
    """Download and deletion after the deletion."""
    with kept(check, check.fresh("deleted-") + ".csv") as path:
        check.equal(OK, remove(check, path).status, "the deletion of a file")
        lacks(check, path, "a deleted file")
        check.equal(NOT_FOUND, remove(check, path).status, "the second deletion of a file")


@law("W50-file-deleted")
def the_folder_is_what_was_done_to_it(check: Check) -> None:
    """Uploads and deletions of a few names in any order, against what they leave."""
    mark = check.fresh("steps-")
    names = [f"{mark}/{name}" for name in ("a.txt", "b.txt", "c/a.txt")]
    step = st.tuples(st.sampled_from(names), st.none() | st.binary(max_size=40))

    def holds_for(steps: list[tuple[str, bytes | None]]) -> None:
        try:
            goes_through(steps)
        except Broken:  # a simpler value must not meet the files that this one leaves
            with check.tidying():
                for path in names:
                    remove(check, path)
            raise

    def goes_through(steps: list[tuple[str, bytes | None]]) -> None:
        model: dict[str, bytes] = {}
        for path, data in steps:
            folder, _, name = path.rpartition("/")
            if data is not None:
                check.equal(OK, upload(check, name, data, folder=folder).status, "an upload")
                model[path] = data
            else:
                known = model.pop(path, None) is not None
                check.equal(OK if known else NOT_FOUND, remove(check, path).status, "a deletion")
        for path in names:
            if path in model:
                holds(check, path, model[path], "a file after several steps")
                remove(check, path)
            else:
                lacks(check, path, "a file that no step left")

    check.forall(st.lists(step, max_size=8), holds_for, most=_FEW)


@law("W50-file-delete-download")
def a_deletion_hands_out_the_file(check: Check) -> None:
    """Content and headers against those of a download before; names that end in each way, and in capitals."""
    data = TEXT + _EVERY_BYTE
    for ending in (".CSV", *check.some((".png", ".Pdf", ".tar.gz", ".unheard-of", ""), 1)):
        with kept(check, check.fresh("handed-out-") + ending, data, folder="reports") as path:
            expected = holds(check, path, data, "an uploaded file")
            response = remove(check, path, "true")
            check.equal(OK, response.status, "a deletion with download=true")
            is_file(check, data, response, "a deleted file")
            for header in ("content-type", "content-disposition"):
                about = f"the header {header} of a deleted file that ends in {ending!r}"
                check.equal(expected.headers.get(header), response.headers.get(header), about)
            lacks(check, path, "a deleted file")


@law("W50-file-delete-silent")
def a_deletion_says_nothing_unasked(check: Check) -> None:
    """No flag, and one that is false."""
    for flag in (None, "false"):
        with kept(check, check.fresh("silent-") + ".csv") as path:
            response = remove(check, path, flag)
            check.equal(OK, response.status, f"a deletion with download={flag}")
            check.equal("", response.text, "the body of a deletion")


@law("W50-file-download-flag")
def a_flag_is_true_or_false(check: Check) -> None:
    """Values that are neither."""
    with kept(check, check.fresh("flag-") + ".csv") as path:
        for flag in ("maybe", "1", "yes", "truefalse"):
            check.equal(BAD_REQUEST, remove(check, path, flag).status, f"a deletion with download={flag}")
            holds(check, path, TEXT, "a file whose deletion was refused")


@law("W50-file-unknown")
def no_file_no_answer(check: Check) -> None:
    """A name that nobody has, in a folder that there is, in one that there is not, and the folder itself."""
    with kept(check, "known.csv", folder=check.fresh("known-")) as path:
        folder = path.rpartition("/")[0]
        for wanted in (check.fresh("nobody-"), f"{folder}/nobody.csv", f"{check.fresh('nobody-')}/known.csv", folder):
            lacks(check, wanted, f"{wanted}, which is no file")
            check.equal(NOT_FOUND, remove(check, wanted, "true").status, f"the deletion of {wanted}")
        holds(check, path, TEXT, "a file beside those that are not there")


@law("W50-file-upload-silent")
def an_upload_says_nothing(check: Check) -> None:
    """The body of the answer."""
    name = check.fresh("upload-") + ".csv"
    response = upload(check, name)
    check.equal(OK, response.status, "an upload")
    check.equal("", response.text, "the body of an upload")
    remove(check, name)


@law("W50-files-accounts-apart")
def accounts_have_folders_of_their_own(check: Check) -> None:
    """One account asks for, deletes and uploads what another has."""
    theirs = check.sample("files.of_other_account")
    before = download(check, theirs, credentials="other_account")
    check.equal(OK, before.status, "the download of a file by its own account")
    lacks(check, theirs, "a file of another account")
    check.equal(NOT_FOUND, remove(check, theirs).status, "the deletion of a file of another account")
    folder, _, name = theirs.rpartition("/")
    with kept(check, name, TEXT, folder=folder) as path:
        holds(check, path, TEXT, "a file with a path that another account has too")
    after = download(check, theirs, credentials="other_account")
    is_file(check, before.content, after, "a file of another account")


@law("W50-files-accounts-apart")
def others_do_not_touch_ours(check: Check) -> None:
    """Another account asks for, deletes and uploads what this one has."""
    name, other = check.fresh("ours-") + ".csv", "other_account"
    with kept(check, name) as path:
        response = download(check, path, credentials=other)
        check.equal(NOT_FOUND, response.status, "the download of a file by another account")
        response = remove(check, path, credentials=other)
        check.equal(NOT_FOUND, response.status, "the deletion of a file by another account")
        holds(check, path, TEXT, "a file that another account would have deleted")
        check.equal(OK, upload(check, name, b"theirs", credentials=other).status, "the upload by another account")
        holds(check, path, TEXT, "a file with a name that another account has too")
        response = remove(check, path, credentials=other)
        check.equal(OK, response.status, "the deletion by another account of what it uploaded")
        holds(check, path, TEXT, "a file after another account has deleted its own of that name")


@law("W50-files-permission")
def a_reader_does_not_write(check: Check) -> None:
    """A user with files:read alone."""
    with kept(check, check.fresh("reader-") + ".csv") as path:
        response = download(check, path, credentials="files_reader")
        check.equal(OK, response.status, "the download by a user who may read")
        response = upload(check, path, b"", credentials="files_reader")
        check.equal(FORBIDDEN, response.status, "the upload by a user who may only read")
        response = remove(check, path, credentials="files_reader")
        check.equal(FORBIDDEN, response.status, "the deletion by a user who may only read")
        holds(check, path, TEXT, "a file that a reader would have changed")


@law("W50-files-permission-before-existence")
def permission_comes_before_existence(check: Check) -> None:
    """Files and paths that are none, for a user without the permission."""
    user = "no_permission"
    for path in (check.fresh("nobody-"), "../nobody.csv", ""):
        check.equal(FORBIDDEN, download(check, path, credentials=user).status, f"the download of {path!r}")
        check.equal(FORBIDDEN, remove(check, path, "maybe", credentials=user).status, f"the deletion of {path!r}")
        response = upload(check, "a.csv", folder=path, credentials=user)
        check.equal(FORBIDDEN, response.status, f"the upload into {path!r}")
