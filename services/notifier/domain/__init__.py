"""The rules of telling: who is told once, when it is too late at night, and when a person must take over. No IO."""
