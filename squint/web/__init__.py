"""What servers and pages of all kinds share: plain elements, and the guard."""
