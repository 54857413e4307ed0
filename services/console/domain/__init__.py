"""What the console makes of facts: pure folds and sums, without clock or IO."""
