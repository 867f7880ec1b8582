"""API Gateway's HTTP API on one machine: the routes, authorizer and CORS rules of `template.yaml`,
and events of payload format 2.0 for the functions."""
