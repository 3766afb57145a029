"""Account exports of Payoneer."""
