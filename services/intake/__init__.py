"""Takes what residents ask for, follows each need on its way, and closes it once the resident knows the end.

Reads: dispatch.v1, notices.v1
Writes: needs.v1
Owns: intake.needs, intake.particulars, intake.residents
"""
