"""Find the last row up to a moment by halving: times never decrease along book_sequence.

Shape: HALVING, a query that asks those {rows} of which {of} is true, through an index that is
ordered by book_sequence; {answer} is what to do with `search`, which holds the steps: the highest
`low` is the place, 0 if everything is later. A million rows take twenty looks into the index.
"""

from typing import Final, LiteralString

HALVING: Final[LiteralString] = """WITH RECURSIVE search (low, high) AS (
  SELECT 0::bigint, coalesce((SELECT max(e.book_sequence) FROM {rows} AS e WHERE {of}), 0)
  UNION ALL
  SELECT
    CASE WHEN probe.recorded_at <= moment THEN probe.book_sequence ELSE search.low END,
    CASE WHEN probe.recorded_at <= moment THEN search.high
      ELSE (search.low + search.high + 1) / 2 - 1 END
  FROM search CROSS JOIN LATERAL (
    SELECT e.book_sequence, e.recorded_at FROM {rows} AS e
    WHERE {of} AND e.book_sequence >= (search.low + search.high + 1) / 2
    ORDER BY e.book_sequence LIMIT 1
  ) AS probe WHERE search.low < search.high
)
{answer}"""
