"""What each fact means for the people it concerns, and the ports through which they are reached. No IO."""
