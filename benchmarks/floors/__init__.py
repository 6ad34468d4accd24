"""What is measured against: servers that do the least for the same answer."""
