"""The laws of the WhatCounts API: one case or more for each clause of its contract."""
