"""Printed times and zone names to moments with an offset.

Shape: zone_of(name) -> tzinfo or None; moment(text, pattern=…, zone=…) -> datetime or None.
Zones: what money files print, abbreviations with a fixed offset (CET is +01:00 also in summer: a
file that means summer time prints CEST), `+hh:mm`, and names of the IANA database.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

# Hours from UTC. Ambiguous ones (IST, CST, BST of Bangladesh) are read as payments providers mean
# them: CST of America, BST of Britain, IST of India.
ABBREVIATIONS = {
    "MEZ": 1.0, "MESZ": 2.0,  # CET and CEST in German.
    "UTC": 0.0, "GMT": 0.0, "Z": 0.0, "WET": 0.0, "WEST": 1.0, "BST": 1.0, "CET": 1.0, "CEST": 2.0,
    "EET": 2.0, "EEST": 3.0, "MSK": 3.0, "IST": 5.5, "SGT": 8.0, "HKT": 8.0, "JST": 9.0,
    "AEST": 10.0, "AEDT": 11.0, "NZST": 12.0, "NZDT": 13.0, "BRT": -3.0, "AST": -4.0, "EST": -5.0,
    "EDT": -4.0, "CST": -6.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0, "PST": -8.0, "PDT": -7.0,
}  # fmt: skip
BEFORE = datetime.min.replace(tzinfo=UTC)  # Where the latest of several times begins.
FIRST_YEAR, LAST_YEAR = 1970, 2200  # Outside it a time is garbled.
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?", re.ASCII)
_IANA = re.compile(r"[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_-]+){1,2}")


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo | None:
    """The zone of a printed name; None if it is none that we know."""
    hours = ABBREVIATIONS.get(name)
    if hours is not None:
        return UTC if not hours else timezone(timedelta(hours=hours), name)
    found = _OFFSET.fullmatch(name)
    if found is not None:
        sign, hours_text, minutes_text = found.groups()
        offset = timedelta(hours=int(hours_text), minutes=int(minutes_text or 0))
        if offset >= timedelta(days=1):
            return None
        return timezone(-offset if sign == "-" else offset)
    if _IANA.fullmatch(name):
        try:
            return ZoneInfo(name)
        except (OSError, ValueError, KeyError):  # Unknown, or no database on this machine.
            return None
    return None


def moment(text: str, *, pattern: str, zone: tzinfo = UTC) -> datetime | None:
    """A printed time by a pattern of strptime; `zone` counts where the pattern has none."""
    try:
        at = datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is put in below.
    except ValueError:
        return None
    if not FIRST_YEAR <= at.year < LAST_YEAR:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)
