"""Matches needs with volunteers and keeps the plan of each area right while the day changes.

Reads: needs.v1, volunteers.v1
Writes: volunteers.v1, dispatch.v1
Owns: matcher.boards, matcher.volunteers, matcher.contacts
"""
