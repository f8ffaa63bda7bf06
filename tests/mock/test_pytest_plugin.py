"""The fixture from the outside: pytest runs with it in a process and a folder of its own."""

from __future__ import annotations

import pytest

OPTIONS = "[pytest]\naddopts = --strict-markers --strict-config -W error -p no:randomly\n"
CLIENT = """
    import json
    import urllib.request

    import pytest

    def asked(sandbox, method, path):
        api = sandbox.providers["whatcounts"]
        request = urllib.request.Request(api["base_url"] + path, method=method, headers=api["headers"])
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    @pytest.mark.parametrize("number", range(4))
    def test_a_send_is_in_the_outbox(mailproof_sandbox, number):
        key = mailproof_sandbox.providers["whatcounts"]["samples"]["customerKey"]
        assert [] == mailproof_sandbox.outbox()
        path = f"/msg/sendWithCustomerKey/My%20List/My%20Template/{key}"
        assert 0 == asked(mailproof_sandbox, "POST", path)
        [message] = mailproof_sandbox.outbox()
        assert "anna@example.com" == message["to"]
        mailproof_sandbox.reset()
        assert [] == mailproof_sandbox.outbox()

    def test_it_serves_what_is_asked_for(mailproof_sandbox):
        assert ["whatcounts"] == list(mailproof_sandbox.providers)
        assert mailproof_sandbox.url.startswith("http://127.0.0.1:")
"""


@pytest.mark.parametrize("words", [(), ("-n", "2", "-p", "xdist")])
def test_the_sandbox_is_the_same_for_each_test(pytester: pytest.Pytester, words: tuple[str, ...]) -> None:
    pytester.makefile(".ini", pytest=f"{OPTIONS}mailproof_sandbox = whatcounts\n")
    pytester.makepyfile(CLIENT)
    pytester.runpytest_subprocess(*words).assert_outcomes(passed=5)


def test_what_cannot_be_served_is_told_in_the_mocks_own_words(pytester: pytest.Pytester) -> None:
    pytester.makefile(".ini", pytest=f"{OPTIONS}mailproof_sandbox = nobody\n")
    pytester.makepyfile("def test_it(mailproof_sandbox): pass")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["mailproof_sandbox: the mock ended with exit code 2:", "*nobody*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_who_does_not_ask_does_not_wait_for_it(pytester: pytest.Pytester) -> None:
    pytester.makefile(".ini", pytest=f"{OPTIONS}mailproof_sandbox = nobody\n")
    pytester.makepyfile("import sys\ndef test_it(): assert 'mailproof_mock.own_process' not in sys.modules")
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
