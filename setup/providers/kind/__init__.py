"""Sandboxes on real nodes: kind clusters on Docker or Podman."""
