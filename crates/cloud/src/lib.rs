//! The bundled cloud: domain, store, HTTP.
