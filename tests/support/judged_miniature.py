"""A process of its own that judges a miniature, with two laws that search: prints the report as JSON.

Arguments: file of the contract, base URL, value of the Authorization header, profile.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from mailproof import contract
from mailproof_conformance.laws import Law
from mailproof_conformance.options import Options
from mailproof_conformance.plan import plan
from mailproof_conformance.run import judge
from mailproof_conformance.target import Credential, Target

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.options import Profile

_texts = st.text(min_size=1, max_size=40) | st.sampled_from(sorted({"alpha", "beta", "gamma"}))
_largest = 6


def sizes_stay_small(check: Check) -> None:
    """Broken from size 7 on, whatever the name."""

    def holds(drawn: tuple[str, int]) -> None:
        added = check.call("add_thing", body={"name": check.fresh("t"), "size": drawn[1]}).json()
        check.true(added["size"] <= _largest, "the size", actual=[drawn[0], added["size"]])

    check.forall(st.tuples(_texts, st.integers(1, 10)), holds)


def sums_stay_small(check: Check) -> None:
    """Broken by any walk whose sizes come to more than fifteen."""

    def factory(check: Check) -> type[RuleBasedStateMachine]:
        class Walk(RuleBasedStateMachine):
            total = 0

            @rule(size=st.integers(1, 10), name=_texts)
            def add(self, size: int, name: str) -> None:
                self.total += check.call("add_thing", body={"name": f"{name[:5]}-", "size": size}).json().get("size", 0)
                check.true(self.total < 16, "the sum", actual=self.total)

        return Walk

    check.machine(factory)


def main(file: str, base_url: str, authorization: str, profile: Profile) -> None:
    """Judges and prints."""
    own = contract(Path(file))
    laws = (
        Law("MIN-added-is-read", "sizes_stay_small", sizes_stay_small, __name__),
        Law("MIN-names-are-kept", "sums_stay_small", sums_stay_small, __name__),
    )
    target = Target("miniature", base_url, Credential({"Authorization": authorization}), {"thingId": "alpha"})
    result = judge(own, target, plan(own, profile, (), laws), Options(profile=profile, seed=11, saved=True))
    sys.stdout.write(json.dumps(result.report))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], "deep" if sys.argv[4] == "deep" else "standard")
