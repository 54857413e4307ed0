"""Tests of the solver; boards.py holds the words they speak."""
