"""The development command: everything behind ./desk (standard library only)."""
