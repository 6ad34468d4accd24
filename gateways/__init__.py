"""Money leaving the house: one protocol for every network that moves it, and the gateways that speak it.

Nothing here knows a row or a service. A gateway is handed frozen requests and answers with values; a decline is
an answer, never an exception.
"""
