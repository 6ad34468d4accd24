"""What the API says: types, inputs, enums, payloads. No decisions are made here."""
