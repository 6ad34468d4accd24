"""The web server: one GraphQL endpoint, GraphiQL, health, and later the hosted pages."""
