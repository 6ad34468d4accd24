"""The tests, by kind: domain, features, scenarios, simulation, gateways, browser, house."""
