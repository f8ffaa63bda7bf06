"""The laws of the Which50 API: one case or more for each clause of its contract."""
