"""The door for immediate assignment: tasks and people of a whole city go in, who does what now comes out, proven."""
