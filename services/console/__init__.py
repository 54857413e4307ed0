"""Shows people what is happening in each area, and keeps every fact so that anything can be counted again.

Reads: needs.v1, volunteers.v1, dispatch.v1, notices.v1
Writes: nothing
Owns: console.facts, console.areas, console.bookmarks
"""
