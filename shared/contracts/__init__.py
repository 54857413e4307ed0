"""The published language: every fact that services tell each other, once, with its version.

Conventions: moments are ISO 8601 with a time zone; windows are closed at both ends; durations are whole seconds
(`_s`); loads are whole meals and grams; places are (lon, lat), WGS 84, rounded to the coarse cell of
`shared.kernel.places`. A fact never carries a name, a phone number or a door: only references.
"""
