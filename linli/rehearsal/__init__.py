"""The rehearsal plays a recorded or generated day through the whole system under a simulated clock."""
