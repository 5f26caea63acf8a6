"""One way of finding pages a module."""
