"""Why files were imported though their own controls do not hold: what intake has on record.

Shape: add_reasons(connection, files) puts `accepted_because` into each; empty: its controls hold.
None: this connection may not read it, or nothing was imported yet.
"""

from collections.abc import Sequence

from cli.reading import Reader, Row, rows

MAY_READ = """SELECT FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'tally' AND c.relname = 'imports' AND a.attname = 'accepted_because'
  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')"""
REASONS = """SELECT book, batch_id, accepted_because FROM tally.imports
WHERE batch_id = ANY(%s)"""


def add_reasons(connection: Reader, files: Sequence[Row]) -> None:
    """To each file its reason."""
    known: dict[tuple[str, str], str] = {}
    if connection.execute(MAY_READ).rowcount:
        wanted = [each["batch_id"] for each in files]
        found = rows(connection, REASONS, (wanted,))
        known = {(each["book"], each["batch_id"]): each["accepted_because"] for each in found}
    for each in files:
        each["accepted_because"] = known.get((each["book"], each["batch_id"]))
