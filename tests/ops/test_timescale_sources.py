"""How the tests find TimescaleDB's packages in the machine's own apt sources."""

from tests.timescale import renamed_sources

DEB822 = """\
Types: deb
# a mirror of ours
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
URIs: http://tools.example/apt
Suites: nodistro
Components: main
"""
ONE_LINE = """\
# deb http://old.example/debian bookworm main
deb [arch=amd64] http://mirror.example/debian bookworm main
deb http://mirror.example/debian bookworm-updates main
deb http://mirror.example/debian-security bookworm-security main
deb-src http://mirror.example/debian bookworm main
deb http://tools.example/apt cloud-sdk-bookworm main
"""


def test_entries_of_the_release_are_renamed_and_others_left_out() -> None:
    """Addresses, keys and components stay the machine's own."""
    renamed = renamed_sources(DEB822, "bookworm")
    assert "Suites: trixie trixie-updates" in renamed
    assert "Suites: trixie-security" in renamed
    assert "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg" in renamed
    assert "tools.example" not in renamed
    assert "bookworm" not in renamed


def test_one_line_entries_are_renamed_alike() -> None:
    """Comments, sources of sources and other people's suites are left out."""
    assert renamed_sources(ONE_LINE, "bookworm").splitlines() == [
        "deb [arch=amd64] http://mirror.example/debian trixie main",
        "deb http://mirror.example/debian trixie-updates main",
        "deb http://mirror.example/debian-security trixie-security main",
    ]


def test_a_machine_of_another_kind_has_no_source() -> None:
    """Nothing is invented where the release is not named."""
    assert renamed_sources(DEB822, "noble") == ""
