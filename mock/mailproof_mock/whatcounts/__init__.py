"""The WhatCounts sandbox: what its operations do, and the realms it starts with."""
