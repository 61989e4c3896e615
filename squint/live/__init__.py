"""Live scoring: a server that scores pictures of regions, and a client that films, shows and records."""
