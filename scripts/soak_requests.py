"""What `make soak` asks: good requests of all three APIs, and bad ones of every kind that a client gets wrong."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Draw = random.Random
_CONTACTS = 200  # addresses that contacts have: the world is to stay as large as it is
_FILES = 20
_FILE_BYTES = 20_000
_HUGE = 100_000
_DEEP = 10_000
_FORM = "multipart/form-data; boundary=mailproof"


class Requests:
    """Requests as bytes, made for the addresses and credentials of a ready file."""

    def __init__(self, ready: Mapping[str, Any]) -> None:
        self._url: str = ready["url"]
        self._providers: Mapping[str, Any] = ready["providers"]
        self._good: Sequence[tuple[int, Callable[[Draw], bytes]]] = [
            (20, self._get_contact),
            (10, self._save_contact),
            (4, self._update_matching),
            (6, self._send_email),
            (4, self._upload),
            (4, self._download),
            (4, self._list_contacts),
            (2, self._reports),
            (2, self._import),
            (2, self._contact_as_xml),
            (14, self._call),
            (4, self._calls),
            (8, self._snapshots),
            (6, self._send_message),
        ]
        self._bad: Sequence[Callable[[Draw], bytes]] = [
            self._no_json,
            self._deep_json,
            self._no_call,
            self._wrong_password,
            self._wrong_verb,
            self._unknown_path,
            self._undecodable_path,
            self._long_path,
            self._huge_header,
            self._wrong_type,
            self._too_large,
            self._cut_off,
            self._bad_chunk,
            self._no_http,
            self._bad_form,
        ]

    def good(self, draw: Draw) -> bytes:
        """A request that a client means."""
        return draw.choices([make for _, make in self._good], [weight for weight, _ in self._good])[0](draw)

    def bad(self, draw: Draw) -> bytes:
        """A request, or what somebody takes for one, that no server has to fulfil."""
        return draw.choice(self._bad)(draw)

    def _ask(  # noqa: PLR0913 - the parts of a request
        self,
        provider: str,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        kind: str = "",
        login: str = "",
        more: str = "",
    ) -> bytes:
        entry = self._providers[provider]
        target = entry["base_url"].removeprefix(self._url) + path
        headers = {
            "Host": self._url.removeprefix("http://"),
            "Content-Length": str(len(body)),
            **entry.get("headers", {}),
        }
        headers |= {"Content-Type": kind} if kind else {}
        headers |= {"Authorization": login} if login else {}
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + f"\r\n{more}\r\n").encode() + body

    def _json(self, provider: str, method: str, path: str, body: object) -> bytes:
        return self._ask(provider, method, path, json.dumps(body).encode(), kind="application/json")

    def _get_contact(self, _: Draw) -> bytes:
        return self._ask("which50", "GET", "/contacts/kD3vR8sXw2LqTn5YbC7mZg")

    def _save_contact(self, draw: Draw) -> bytes:
        values = {"Email": _address(draw), "FirstName": f"n{draw.random()}", "LastName": f"Group {draw.randrange(20)}"}
        return self._json("which50", "POST", "/contactLists/34/contact", {"Values": values})

    def _update_matching(self, draw: Draw) -> bytes:
        name = f"Group%20{draw.randrange(20)}"
        values = {"LastName": name.replace("%20", " "), "Address": f"{draw.randrange(1000)} Quay"}
        target = f"/contactLists/34/contact?match=LastName&LastName={name}"
        return self._json("which50", "PATCH", target, {"Values": values})

    def _send_email(self, draw: Draw) -> bytes:
        contact = {"ListId": 34, "Values": {"Email": _address(draw)}}
        return self._json("which50", "POST", "/journeys/sendEmail", {"EmailId": 7001, "Contact": contact})

    def _upload(self, draw: Draw) -> bytes:
        name = f"{draw.randrange(_FILES)}.bin".encode()
        head = b'--mailproof\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n\r\n'
        body = head + draw.randbytes(draw.randrange(_FILE_BYTES)) + b"\r\n--mailproof--\r\n"
        return self._ask("which50", "POST", "/files?subFolder=soak", body, kind=_FORM)

    def _download(self, draw: Draw) -> bytes:
        return self._ask("which50", "GET", f"/files?filePath=soak/{draw.randrange(_FILES)}.bin")

    def _list_contacts(self, draw: Draw) -> bytes:
        return self._ask("which50", "GET", f"/contactLists/34/contacts?$top=50&$skip={draw.randrange(_CONTACTS)}")

    def _reports(self, _: Draw) -> bytes:
        return self._ask("which50", "GET", "/journeys/501/reports")

    def _import(self, draw: Draw) -> bytes:
        """One of the steps of a job: many come out of turn and are refused, as jobs of others are."""
        job = draw.randrange(806, 836)
        contacts = [{"Values": {"Email": _address(draw), "FirstName": f"i{draw.random()}"}} for _ in range(50)]
        return draw.choice(
            [
                self._json("which50", "POST", "/contactLists/33/import", {"FieldNames": ["Email", "FirstName"]}),
                self._json("which50", "POST", f"/contactLists/33/import/{job}", contacts),
                self._ask("which50", "POST", f"/contactLists/33/import/{job}/run"),
                self._ask("which50", "GET", f"/contactLists/33/import/{job}"),
            ]
        )

    def _contact_as_xml(self, _: Draw) -> bytes:
        return self._ask("which50", "GET", "/contacts/kD3vR8sXw2LqTn5YbC7mZg", more="Accept: text/xml\r\n")

    def _call(self, draw: Draw) -> bytes:
        return self._json("getresponse", "POST", "", self._rpc(draw))

    def _calls(self, draw: Draw) -> bytes:
        return self._json("getresponse", "POST", "", [self._rpc(draw) for _ in range(5)])

    def _rpc(self, draw: Draw) -> dict[str, Any]:
        method = draw.choice(["ping", "get_messages", "get_campaigns", "get_account_info", "get_ab_tests"])
        key = self._providers["getresponse"]["api_key"]
        return {"jsonrpc": "2.0", "id": draw.randrange(1000), "method": method, "params": [key]}

    def _snapshots(self, _: Draw) -> bytes:
        return self._ask("whatcounts", "GET", "/subscribers/availableimagessenttocustomerkey/5607")

    def _send_message(self, draw: Draw) -> bytes:
        path = f"/msg/sendWithCustomerKey/My%20List/My%20Template/5606?format=2&snapshot={draw.randrange(2)}"
        return self._ask("whatcounts", "POST", path)

    def _no_json(self, draw: Draw) -> bytes:
        body = draw.choice([b"{", b'{"Values": ', b"\xff\xfe", b"NaN", b"", b'"' + b"x" * 5000])
        return self._ask("which50", "POST", "/contactLists/34/contact", body, kind="application/json")

    def _deep_json(self, draw: Draw) -> bytes:
        provider, path = draw.choice([("which50", "/contactLists/34/contact"), ("getresponse", "")])
        return self._ask(provider, "POST", path, b"[" * _DEEP + b"]" * _DEEP, kind="application/json")

    def _no_call(self, draw: Draw) -> bytes:
        return self._json(
            "getresponse", "POST", "", draw.choice([1, [], [1, None], {"method": 7}, {"method": "x", "id": {}}])
        )

    def _wrong_password(self, draw: Draw) -> bytes:
        login = draw.choice(["Basic bm9ib2R5Om5vYm9keQ==", "Basic %%%", "Bearer x", "Basic " + "QQ" * 2000])
        return self._ask("which50", "GET", "/contactLists", login=login)

    def _wrong_verb(self, draw: Draw) -> bytes:
        return self._ask("whatcounts", draw.choice(["PUT", "DELETE", "TRACE", "BREW"]), "/msg")

    def _unknown_path(self, draw: Draw) -> bytes:
        return self._ask("which50", "GET", f"/{draw.random()}")

    def _undecodable_path(self, draw: Draw) -> bytes:
        return self._ask("which50", "GET", draw.choice(["/contacts/%ff", "/contacts/%00", "/contacts/%2e%2e%2f"]))

    def _long_path(self, _: Draw) -> bytes:
        return self._ask("which50", "GET", "/contacts/" + "x" * _HUGE)

    def _huge_header(self, _: Draw) -> bytes:
        return self._ask("which50", "GET", "/contactLists", more=f"X-Note: {'x' * _HUGE}\r\n")

    def _wrong_type(self, draw: Draw) -> bytes:
        kind = draw.choice(["text/plain", "application/xml", "x" * 500, "multipart/form-data"])
        return self._ask("which50", "POST", "/contactLists/34/contact", b'{"Values": {}}', kind=kind)

    def _too_large(self, _: Draw) -> bytes:
        """More bytes than the contract takes, and then none of them."""
        return self._ask("getresponse", "POST", "").replace(b"Content-Length: 0", b"Content-Length: 2000000000")

    def _cut_off(self, _: Draw) -> bytes:
        whole = self._json("which50", "POST", "/contactLists/34/contact", {"Values": {"Email": "cut@example.com"}})
        return whole[:-10]

    def _bad_chunk(self, _: Draw) -> bytes:
        head = self._ask("which50", "POST", "/contactLists/34/contact", kind="application/json")
        return head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked") + b"zz\r\n{}\r\n"

    def _no_http(self, draw: Draw) -> bytes:
        return draw.choice([b"GET /\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"hello\r\n\r\n", b"\0" * 100])

    def _bad_form(self, draw: Draw) -> bytes:
        body = draw.choice([b"", b"--mailproof", b"--mailproof\r\n\r\n\r\n--mailproof--", b"--other\r\n" * 1000])
        return self._ask("which50", "POST", "/files", body, kind=_FORM)


def _address(draw: Draw) -> str:
    return f"soak-{draw.randrange(_CONTACTS)}@example.com"
