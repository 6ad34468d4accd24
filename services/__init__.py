"""What happens: async service classes, one noun per file, one transaction per public method."""
