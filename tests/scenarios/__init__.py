"""Stories told through the API and a test clock, with everything expected declared exactly and in order."""
