"""The names that users give, here so that nobody needs to load a client to know them."""

DEFAULT_MODEL = "claude-sonnet-5-5"
"""Asked unless somebody names another."""

MODEL_VARIABLE = "SPECC_MODEL"
BASE_URL_VARIABLE = "SPECC_ANTHROPIC_URL"
"""Environment variables that name another model, another server."""
