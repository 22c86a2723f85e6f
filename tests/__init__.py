"""The tests, which are also the documentation of what the service promises."""
