"""NACHA files: samples, round trip, hostile bytes."""
