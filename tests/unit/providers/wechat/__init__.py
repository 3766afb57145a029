"""Tests of WeChat's fund flow bill and of the statement of a private wallet."""
