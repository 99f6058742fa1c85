//! Changes on their way to subscribers.
