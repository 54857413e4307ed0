"""The rules of a board and of a volunteer: pure functions over facts, without clock, chance or IO."""
