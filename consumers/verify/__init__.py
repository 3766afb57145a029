"""The proof: everything recomputed from the log and compared with what is served and published."""

from consumers.verify.run import run

__all__ = ["run"]
