"""Errors that rise: an hour against the hour before, with an exact test and a correction for many of them.

Two counts k1 and k0 over exposures e1 and e0 are compared by the conditional test of Przyborowski and Wilenski
(Biometrika 31, 1940, 313-323): were the rates equal, k1 would be binomial among n = k1 + k0 with the share
e1 / (e1 + e0), so P = sum over x from k1 to n of C(n, x) q^x (1 - q)^(n - x). Types with n below `LEAST` are left out:
as the test is given n, that spoils no P. The others' are adjusted by Holm (Scandinavian Journal of Statistics 6, 1979,
65-70), which holds whatever depends on what. Errors come in bursts, which no such test knows: so a rate must also have
risen by half to be named.
"""

from collections.abc import Mapping
from math import exp, lgamma, log, log1p

import msgspec

LEAST = 10
"""Errors of a type in both hours together, from which on it is tested."""
SIGNIFICANCE = 0.01
"""Chance that anything is named in a pair of hours where nothing rose."""
GROWTH = 1.5
"""What a rate must have risen to."""


class Counted(msgspec.Struct, frozen=True):
    """Errors of one type in both hours, and what they are out of: operations, or seconds that the lines cover."""

    before: int
    now: int
    exposure_before: float
    exposure_now: float


class Rising(msgspec.Struct, frozen=True):
    """A type that rises. `growth` is how many times the rate is what it was, None for one that is new."""

    type: str
    component: str
    before: int
    now: int
    growth: float | None
    p: float


def rising(types: Mapping[tuple[str, str], Counted]) -> tuple[Rising, ...]:
    """Return the types, named with their components, that rise; those in least doubt first."""
    tested = sorted(
        (_chance(each), name, each)
        for name, each in types.items()
        if each.before + each.now >= LEAST and each.exposure_before > 0 and each.exposure_now > 0
    )
    found = []
    adjusted = 0.0
    for place, ((p, (type_, component), each)) in enumerate(tested):
        adjusted = max(adjusted, min(1.0, p * (len(tested) - place)))
        growth = _growth(each)
        if adjusted <= SIGNIFICANCE and (growth is None or growth >= GROWTH):
            found.append(Rising(type_, component, each.before, each.now, growth, adjusted))
    return tuple(found)


def _growth(each: Counted) -> float | None:
    if not each.before:
        return None
    return (each.now / each.exposure_now) / (each.before / each.exposure_before)


def _chance(each: Counted) -> float:
    """Return the chance of as many errors now, or more, among those of both hours."""
    return binomial_tail(
        each.now, each.now + each.before, each.exposure_now / (each.exposure_now + each.exposure_before)
    )


def binomial_tail(least: int, of: int, share: float) -> float:
    """Return P(X >= least) for X binomial: `of` trials, each a success with probability `share` in (0, 1)."""
    if least <= of * share:
        return 1.0 - _sum_tail(of - least + 1, of, 1 - share)
    return _sum_tail(least, of, share)


def _sum_tail(least: int, of: int, share: float) -> float:
    """Sum the terms from `least` on, where it lies beyond the mean and so each term is less than the one before."""
    if least > of:
        return 0.0
    first = (
        lgamma(of + 1) - lgamma(least + 1) - lgamma(of - least + 1) + least * log(share) + (of - least) * log1p(-share)
    )
    term = total = 1.0
    odds = share / (1 - share)
    for count in range(least, of):
        term *= (of - count) / (count + 1) * odds
        total += term
        if term < total * 1e-17:
            break
    return min(1.0, exp(first) * total)
