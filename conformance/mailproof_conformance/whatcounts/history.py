"""The law about any sequence of sends: the list remembers each, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mailproof_conformance.laws import law
from mailproof_conformance.whatcounts.traces import A_FEW, send, snapshots

if TYPE_CHECKING:
    from mailproof_conformance.check import Check


@dataclass(frozen=True, slots=True)
class _Sent:
    """A delivered send that asked for a snapshot."""

    template: str
    campaign: tuple[str, str | None] | None
    """List and name that decide the campaign; None for a campaign of its own."""


def _machine(check: Check) -> type[RuleBasedStateMachine]:
    lists = {name: check.sample(f"lists.{name}") for name in ("plain", "sticky")}
    templates = [check.sample("templateName"), check.sample("templates.tied")]
    contacts = {
        "subscribed": check.sample("customerKey"),
        "opted out": check.sample("contacts.opted_out_of_realm"),
    }
    campaigns = [check.fresh("h"), check.fresh("h")]

    class History(RuleBasedStateMachine):
        """Sends with every mixture of options, and what the two lists are after each."""

        def __init__(self) -> None:
            super().__init__()
            self.before = {who: [entry.file_name for entry in snapshots(check, key)] for who, key in contacts.items()}
            self.sent: dict[str, list[_Sent]] = {who: [] for who in contacts}

        @rule(
            who=st.sampled_from(sorted(contacts)),
            on=st.sampled_from(sorted(lists)),
            template=st.sampled_from(templates),
            campaign=st.sampled_from([None, *campaigns]),
            snapshot=st.sampled_from([None, "0", "1"]),
            respect=st.sampled_from([None, "true", "false"]),
        )
        def send_one(  # noqa: PLR0913 - one argument for each thing that a send can vary
            self,
            who: str,
            on: str,
            template: str,
            campaign: str | None,
            snapshot: str | None,
            respect: str | None,
        ) -> None:
            given = {"campaignName": campaign, "snapshot": snapshot, "respectOptout": respect}
            query = {name: value for name, value in given.items() if value is not None}
            response = send(check, query, key=contacts[who], on=lists[on], template=template)
            check.equal((200, b"0"), (response.status, response.content), "the answer to a send")
            if snapshot == "1" and (who == "subscribed" or respect == "false"):
                group = (on, campaign) if campaign is not None or on == "sticky" else None
                self.sent[who].append(_Sent(template, group))

        @invariant()
        def lists_hold_what_was_sent(self) -> None:
            groups: dict[tuple[str, str | None], set[str]] = {}
            for who, key in contacts.items():
                found = snapshots(check, key)
                count = len(self.sent[who])
                check.equal(self.before[who], [entry.file_name for entry in found[count:]], "the older entries")
                newest_last = list(reversed(found[:count]))
                expected = [sent.template for sent in self.sent[who]]
                check.equal(expected, [entry.template for entry in newest_last], "the templates of the newer entries")
                for sent, entry in zip(self.sent[who], newest_last, strict=True):
                    if sent.campaign is not None:
                        groups.setdefault(sent.campaign, set()).add(entry.campaign)
            for group, ids in groups.items():
                check.equal(1, len(ids), f"the number of campaigns of {group}")
            check.equal(
                len(groups),
                len({campaign for ids in groups.values() for campaign in ids}),
                "the number of campaigns in all",
            )

    return History


@law("WC-list-is-history")
def sends_are_remembered(check: Check) -> None:
    """A state machine over the send and the list."""
    check.machine(_machine, most=A_FEW)
