"""Tells people what happened to their need until somebody knows that they know.

Reads: needs.v1, dispatch.v1, volunteers.v1
Writes: notices.v1
Owns: notifier.conversations, notifier.languages, notifier.outgoing
"""
