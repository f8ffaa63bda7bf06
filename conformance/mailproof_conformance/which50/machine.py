"""A random walk over everything that writes: after each step all views of the account agree with what was written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mailproof_conformance.forms import MULTIPART, URLENCODED
from mailproof_conformance.laws import law
from mailproof_conformance.verdicts import Disabled
from mailproof_conformance.which50 import folder
from mailproof_conformance.which50.account import Ground
from mailproof_conformance.which50.journey_reads import read
from mailproof_conformance.which50.ledger import Job
from mailproof_conformance.which50.messages import NOWHERE
from mailproof_conformance.which50.pdf_files import PDF, pages
from mailproof_conformance.which50.people import OK
from mailproof_conformance.which50.trail import Trail
from mailproof_conformance.which50.walker import UNMET, Person, Walker, matches, media_types, people, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_conformance.check import Check
    from mailproof_conformance.which50.journey_reads import Row
    from mailproof_conformance.which50.ledger import Ledger

_WALKS: Mapping[str, int | None] = {"quick": 1, "standard": 12, "deep": None}
"""Walks at the most; each has a dozen steps, and each step a dozen requests to look at everything."""
_QUICKLY = 6
"""Steps from one look to the next in the profile `quick`: most of a walk's time goes into looking."""
_POLLS = 100
_NOT_FOUND = 404
_FORMS = (MULTIPART, URLENCODED)
UPSERTS = ("save_contact", "register_device", "submit_contact_form", "generate_pdf")
TO_ONE = ("send_email", "send_email_by_put", "send_text_message", "send_text_message_by_put")
TO_MATCHING = ("send_email_to_matching", "send_text_message_to_matching")

_places = st.integers(0, 1)
_numbers = st.integers(0, 99)


@law("W50-views-agree")
def all_views_agree_after_any_writes(check: Check) -> None:
    """Walks of a dozen writes, by operations, contacts, values, fields to match and media types that are drawn."""
    trail = Trail()
    try:
        check.machine(partial(walk_of, trail), most=_WALKS[check.profile])
    except Disabled:  # the time or the budget is used up: what broke until then is told
        trail.end()
        raise
    trail.end()


def walk_of(trail: Trail, check: Check) -> type[RuleBasedStateMachine]:  # noqa: C901 - one rule for each kind of write
    """The state machine: a step for each kind of write, and a look at the account."""
    ground = Ground(check)

    class Walk(RuleBasedStateMachine):
        """Writes by every operation; the walker knows what must be seen after each."""

        walker: Walker
        begun = False
        unseen = 0

        @initialize(persons=st.lists(people, min_size=4, max_size=6))
        @trail.step
        def begin(self, persons: list[Person]) -> None:
            """Some contacts to find again."""
            trail.begin()
            self.walker = Walker(check, ground)
            self.begun = True
            for number, person in enumerate(persons):
                ledger = self.walker.ledger(number // 4)
                values = self.walker.values(ledger, person)
                response = check.call("save_contact", path={"contactListId": ledger.list_id}, body={"Values": values})
                self.walker.wrote(ledger, response, values, None)

        # --- contacts

        @rule(
            operation_id=st.sampled_from(("save_contact", "register_device")),
            place=_places,
            person=people,
            match=st.none() | matches,
            media_type=media_types,
        )
        @trail.step
        def write(self, operation_id: str, place: int, person: Person, match: str | None, media_type: str) -> None:
            """One contact of a list, with a device or without."""
            ledger = self.walker.ledger(place)
            values = self.walker.values(ledger, person)
            response = check.call(
                operation_id,
                path={"contactListId": ledger.list_id},
                query=self.query(ledger, match),
                body=self.body(operation_id, ledger.list_id, values),
                content_type=media_type,
            )
            self.walker.wrote(ledger, response, values, match)

        @rule(place=_places, person=people, match=st.none() | matches, content_type=st.sampled_from(_FORMS))
        @trail.step
        def write_by_form(self, place: int, person: Person, match: str | None, content_type: str) -> None:
            """One contact of a list, by either kind of form."""
            ledger = self.walker.ledger(place)
            values = self.walker.values(ledger, person)
            body = {**self.body("submit_contact_form", ledger.list_id, values), **self.query(ledger, match)}
            response = check.call("submit_contact_form", body=body, content_type=content_type)
            self.walker.wrote(ledger, response, values, match, tells=False)

        @rule(person=people, match=st.none() | matches, media_type=media_types)
        @trail.step
        def print_page(self, person: Person, match: str | None, media_type: str) -> None:
            """One contact of the journey's list, with a PDF."""
            ledger = self.walker.ledger()
            values = self.walker.values(ledger, person)
            body, query = self.body("generate_pdf", ledger.list_id, values), self.query(ledger, match)
            response = check.call("generate_pdf", query=query, body=body, content_type=media_type)
            if response.media_type == PDF:
                check.true(pages(response, "a PDF"), "the number of pages", expected="1 or more", actual=0)
            self.walker.wrote(ledger, response, values, match, tells=False)

        @rule(place=_places, number=_numbers, person=people, media_type=media_types)
        @trail.step
        def write_by_id(self, place: int, number: int, person: Person, media_type: str) -> None:
            """A contact of the walk by its encrypted id; who it is can change with it."""
            ledger = self.walker.ledger(place)
            mine = self.walker.mine(ledger)
            if not mine:
                return
            contact_id, values = mine[number % len(mine)], self.walker.values(ledger, person)
            body = {"EncContactId": contact_id, "Values": values}
            path = {"contactListId": ledger.list_id}
            response = check.call("save_contact", path=path, body=body, content_type=media_type)
            check.equal(OK, response.status, "the status of a contact that is saved by its encrypted id")
            ledger.update([contact_id], values)
            self.walker.touch([contact_id])

        @rule(place=_places, wanted=people, match=matches, person=people, media_type=media_types)
        @trail.step
        def write_to_matching(self, place: int, wanted: Person, match: str, person: Person, media_type: str) -> None:
            """Every contact that has some values."""
            ledger = self.walker.ledger(place)
            query = self.walker.wanted(ledger, wanted, match)
            values = self.walker.values(ledger, person)
            response = check.call(
                "update_matching_contacts",
                path={"contactListId": ledger.list_id},
                query={"match": ",".join(query), **query},
                body={"Values": values},
                content_type=media_type,
            )
            self.walker.wrote_all(ledger, response, query, values)

        # --- sends

        @rule(operation_id=st.sampled_from(TO_ONE), person=people, match=st.none() | matches, media_type=media_types)
        @trail.step
        def send(self, operation_id: str, person: Person, match: str | None, media_type: str) -> None:
            """One contact is written and sent to; without an address neither."""
            message, ledger = self.walker.account.messages[operation_id], self.walker.ledger()
            values, names = self.walker.values(ledger, person), self.walker.names(ledger, match)
            response = message.ask(message.body(values), self.query(ledger, match), content_type=media_type)
            merge = ledger.merged(values, names)
            after = [{**ledger.contacts[name], **merge.given} for name in merge.found] or [merge.whole]
            reachable = [bool(text(row, message.address)) for row in after]
            if not any(reachable) or (response.status == UNMET and not all(reachable)):
                check.equal(UNMET, response.status, f"{operation_id} to nobody's address")
                return  # of several that match one is sent to, whichever the server takes
            contact_id = self.walker.wrote(ledger, response, values, match)
            if contact_id is not None:
                self.walker.sent(message, ledger, [contact_id])

        @rule(
            operation_id=st.sampled_from(TO_MATCHING),
            wanted=people,
            match=matches,
            person=people,
            media_type=media_types,
        )
        @trail.step
        def send_to_matching(
            self, operation_id: str, wanted: Person, match: str, person: Person, media_type: str
        ) -> None:
            """Every contact that has some values is written and sent to; if one of them has no address, none is."""
            message, ledger = self.walker.account.messages[operation_id], self.walker.ledger()
            query = self.walker.wanted(ledger, wanted, match)
            values = self.walker.values(ledger, person)
            response = message.ask(message.body(values), {"match": ",".join(query), **query}, content_type=media_type)
            found = ledger.with_values(query)
            if not all(text({**ledger.contacts[name], **values}, message.address) for name in found):
                check.equal(UNMET, response.status, f"{operation_id} where an address is missing")
                return
            self.walker.wrote_all(ledger, response, query, values)
            self.walker.sent(message, ledger, found)

        # --- import

        @rule(
            place=_places,
            texts=st.integers(1, 2),
            persons=st.lists(people, min_size=1, max_size=4),
            media_type=media_types,
            enough=st.booleans(),
        )
        @trail.step
        def add_batch(
            self,
            place: int,
            texts: int,
            persons: list[Person],
            media_type: str,
            enough: bool,  # noqa: FBT001 - drawn
        ) -> None:
            """Contacts for the job that is being loaded, or for a new one; until it runs they are nowhere."""
            if not self.walker.jobs:
                self.create_job(place, texts)
            ledger, job = self.walker.jobs[-1]
            contacts = [self.walker.values(ledger, person) for person in persons]
            body = [{"ListId": ledger.list_id, "Values": values} for values in contacts]
            path = {"contactListId": ledger.list_id, "importJobId": job.id}
            response = check.call("add_import_batch", path=path, body=body, content_type=media_type)
            check.equal(OK, response.status, "the status of a batch of contacts")
            job.contacts += contacts
            if enough:
                self.finish_job()

        @rule()
        @trail.step
        def run_job(self) -> None:
            """The job that is being loaded, if there is one."""
            if self.walker.jobs:
                self.finish_job()

        def finish_job(self) -> None:
            ledger, job = self.walker.jobs.pop()
            path = {"contactListId": ledger.list_id, "importJobId": job.id}
            check.equal(OK, check.call("run_import_job", path=path).status, "the status of the run of an import job")
            for _ in range(_POLLS):
                shown: Row = read(check, "get_import_job", **path)
                if shown["FinishDate"] is not None:
                    break
            else:
                check.skip(f"an import job takes more than {_POLLS} polls")
            counters, created = ledger.imported(job)
            check.equal(counters, {name: shown[name] for name in counters}, "the counters of a job that is finished")
            check.equal(100, shown["ProgressPercent"], "the progress of a job that is finished")
            self.walker.touch(self.walker.account.create(ledger, created))

        # --- files

        @rule(number=st.integers(0, 1), data=st.binary(max_size=64))
        @trail.step
        def upload(self, number: int, data: bytes) -> None:
            """One of two files, new or in place of the old."""
            name = f"{self.walker.mark}-{number}.txt"
            check.equal(OK, folder.upload(check, name, data).status, "the status of an upload")
            self.walker.filed(name, data)

        @rule(number=st.integers(0, 1))
        @trail.step
        def delete(self, number: int) -> None:
            """One of them, whether it is there or not."""
            name = f"{self.walker.mark}-{number}.txt"
            expected = OK if name in self.walker.account.files else _NOT_FOUND
            check.equal(expected, folder.remove(check, name).status, "the status of a deletion")
            self.walker.filed(name, None)

        # --- refusals

        @rule(operation_id=st.sampled_from((*UPSERTS, *TO_ONE, *TO_MATCHING)), person=people)
        @trail.step
        def ask_in_vain(self, operation_id: str, person: Person) -> None:
            """With a field to match that the list does not have, and for an item that does not exist."""
            ledger, unknown = self.walker.ledger(), self.walker.unknown
            values = {**self.walker.values(ledger, person), ledger.fields.texts[1]: "in vain"}
            query = {"match": unknown, unknown: "9"}
            message = self.walker.account.messages.get(operation_id)
            if message is not None:
                body = message.body(values)
                nothing = message.ask({**body, message.sort.member: NOWHERE}, query)
                check.equal(_NOT_FOUND, nothing.status, f"{operation_id} of an item that does not exist")
                status = message.ask(body, query).status
            else:
                body = self.body(operation_id, ledger.list_id, values)
                if operation_id == "submit_contact_form":
                    status = check.call(operation_id, body={**body, "match": unknown}, content_type=URLENCODED).status
                else:
                    path = {"contactListId": ledger.list_id} if operation_id != "generate_pdf" else {}
                    status = check.call(operation_id, path=path, query=query, body=body).status
            check.equal(UNMET, status, f"{operation_id} with a field to match that the list does not have")

        # --- what is looked at after each step

        @invariant()
        @trail.look
        def views_agree(self) -> None:
            """Every view against the account; in the profile `quick` only now and then."""
            self.unseen += 1
            if self.unseen >= (_QUICKLY if check.profile == "quick" else 1):
                self.look()

        @trail.look
        def teardown(self) -> None:
            """Looks at what nobody has looked at, and leaves no files behind."""
            if not self.begun:  # Hypothesis gave the walk up before its first step
                return
            if self.unseen:
                self.look()
            with check.tidying():
                for name in self.walker.account.files:
                    folder.remove(check, name)

        def look(self) -> None:
            self.unseen = 0
            self.walker.look()

        def query(self, ledger: Ledger, match: str | None) -> dict[str, str]:
            return {} if match is None else {"match": ",".join(self.walker.names(ledger, match))}

        def body(self, operation_id: str, list_id: int, values: dict[str, str]) -> Row:
            contact: Row = {"ListId": list_id, "Values": values}
            if operation_id == "submit_contact_form":
                return {"ListId": str(list_id), **values}
            return {"DeviceId": self.walker.mark, "Contact": contact} if operation_id == "register_device" else contact

        def create_job(self, place: int, texts: int) -> None:
            ledger = self.walker.ledger(place)
            names = (ledger.fields.email, ledger.fields.mobile, *ledger.fields.texts[:texts])
            path, body = {"contactListId": ledger.list_id}, {"FieldNames": list(names)}
            response = check.call("create_import_job", path=path, body=body)
            check.equal(OK, response.status, "the status of an import job that is created")
            self.walker.jobs.append((ledger, Job(response.json()["Id"], names)))

    return Walk
