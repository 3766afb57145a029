"""Looking at what runs: servers, programs, books, and what waits for what."""
