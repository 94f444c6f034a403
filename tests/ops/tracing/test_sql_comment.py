"""Comments for SQL: whatever a client calls its operation, nothing of it gets out of the comment."""

import re
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from ops.tracing.sql_comment import sql_comment
from tests.ops.tracing.records import TRACE

FORM = re.compile(r"/\*(operation='([\w.~%-]+)',)?traceparent='00-[0-9a-f]{32}-[0-9a-f]{16}-03'\*/ ", re.ASCII)


@given(st.text() | st.sampled_from(["*/ DROP TABLE stocks; --", "';--", "a'b", "/*", "%27", "$1", "\x00", "\ud800x"]))
def test_no_name_ends_its_comment(name: str) -> None:
    """What stands in the comment is letters, digits and a few signs, and says what was given, as far as it fits."""
    comment = sql_comment(name, TRACE)
    found = FORM.fullmatch(comment)
    assert found is not None
    assert name.encode(errors="replace").decode().startswith(unquote(found[2] or ""))


def test_keys_are_in_order() -> None:
    """The form is sqlcommenter's: sorted keys, values encoded and quoted."""
    assert sql_comment("Watch list", TRACE) == (
        "/*operation='Watch%20list',traceparent='00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03'*/ "
    )
    assert sql_comment(None, TRACE).startswith("/*traceparent=")
