//! Repositories made for tests.
