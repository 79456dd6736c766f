//! The typed cloud client: session, claims with retries; one file maps the Platform API names.
