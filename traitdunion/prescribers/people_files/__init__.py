"""People from a file: read, shown with what will happen to each line, then kept at their sender's word."""
