"""Gateways: one contract for all of them, and the sandbox card by card."""
