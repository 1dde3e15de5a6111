"""Sandboxes without Docker: a real control plane as plain processes, with simulated nodes."""
