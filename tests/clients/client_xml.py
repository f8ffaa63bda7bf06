"""Writes Which50's XML with nothing but the standard library: other prefixes, another order, types declared once.

Arguments: base address, Authorization, contact list id, e-mail id. Prints the answers as JSON.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from typing import Any
from xml.etree import ElementTree as ET

DTO = "http://schemas.datacontract.org/2004/07/W50API.Models.DTO"
BASE = "http://schemas.datacontract.org/2004/07/W50Common.Model.DTO"
CONTROLLERS = "http://schemas.datacontract.org/2004/07/W50API.Controllers"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
TYPES = {"str": "string", "int": "int", "bool": "boolean", "float": "double"}


def element(parent: ET.Element, namespace: str, name: str, text: str = "") -> ET.Element:
    """A new child with a text."""
    child = ET.SubElement(parent, f"{{{namespace}}}{name}")
    child.text = text
    return child


def fill(contact: ET.Element, values: dict[str, Any], list_id: str = "0") -> ET.Element:
    """A contact with its members from the last to the first, and each value before its key."""
    pairs = element(contact, BASE, "Values", "\n  ")
    for key, value in reversed(values.items()):
        pair = element(pairs, ARRAYS, "KeyValueOfstringanyType")
        text = str(value).lower() if isinstance(value, bool) else str(value)
        typed = element(pair, ARRAYS, "Value", "" if value is None else text)
        if value is None:
            typed.set(f"{{{INSTANCE}}}nil", "1")
        else:
            kind: Any = ET.QName(XSD, TYPES[type(value).__name__])  # written with a prefix of ElementTree's own
            typed.set(f"{{{INSTANCE}}}type", kind)
        element(pair, ARRAYS, "Key", key)
    element(contact, "urn:another", "ListId", "not a number")
    element(contact, BASE, "ListId", list_id)
    return contact


def written(root: ET.Element, encoding: str) -> bytes:
    """The document with a declaration."""
    document: bytes = ET.tostring(root, encoding, xml_declaration=True)
    return document


def call(url: str, body: bytes = b"", method: str = "POST", media_type: str = "text/xml") -> ET.Element:
    """The root of the answer, which has to be XML."""
    headers = {"Authorization": sys.argv[2], "Accept": "application/xml", "Content-Type": media_type}
    address = sys.argv[1] + url
    request = urllib.request.Request(address, body or None, headers, method=method)  # noqa: S310 - http, of the sandbox
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        return ET.fromstring(answer.read())  # noqa: S314 - the sandbox's own answer


def members(root: ET.Element) -> dict[str, Any]:
    """The members of an element by name, or the values of a dictionary by key; texts as they are."""
    found: dict[str, Any] = {}
    for child in root:
        key, value = (child[0].text, child[1]) if child.tag.endswith("}KeyValueOfstringanyType") else (child.tag, child)
        found[str(key).rpartition("}")[2]] = members(value) if len(value) else value.text
    return found


def main() -> None:
    """Saves a contact, changes it, imports some and sends to one."""
    _, _, _, list_id, email_id = sys.argv
    path = f"/contactLists/{list_id}"
    answers: dict[str, Any] = {}

    values = {"Email": "siobhan@example.com", "FirstName": "Siobh\u00e1n <3", "Visits": 3, "Newsletter": True}
    contact = fill(ET.Element(f"{{{DTO}}}Contact"), values)
    answers["contact"] = members(call(f"{path}/contact", written(contact, "us-ascii")))

    change = fill(ET.Element(f"{{{DTO}}}Contact"), {"Visits": 4, "FirstName": None})
    query = "?match=Email&Email=siobhan%40example.com"
    changed = call(f"{path}/contact{query}", written(change, "utf-16"), "PATCH", "application/xml")
    answers["changed"] = [members(one) for one in changed]

    request = ET.Element(f"{{{CONTROLLERS}}}ImportJobCreateRequest")
    names = element(request, CONTROLLERS, "FieldNames")
    for name in ("Visits", "Email"):
        element(names, ARRAYS, "string", name)
    job = members(call(f"{path}/import", written(request, "iso-8859-1")))
    batch = ET.Element(f"{{{DTO}}}ArrayOfContact")
    for number in range(30):
        fill(ET.SubElement(batch, f"{{{DTO}}}Contact"), {"Email": f"py{number}@example.com", "Visits": number / 2})
    call(f"{path}/import/{job['Id']}", written(batch, "utf-8"))
    call(f"{path}/import/{job['Id']}/run")
    answers["import"] = members(call(f"{path}/import/{job['Id']}", method="GET"))

    send = ET.Element(f"{{{DTO}}}SendEmailRequestDTO")
    element(send, DTO, "EmailId", f" +0{email_id}\n")
    fill(element(send, DTO, "Contact"), {"Email": "eoin@example.com"}, list_id)
    answers["send"] = members(call("/journeys/sendEmail", written(send, "utf-8")))
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
