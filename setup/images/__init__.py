"""The node image and the lab images in it, of Debian packages and Go modules: no registry is needed."""
