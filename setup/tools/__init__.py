"""The pinned binaries that sandboxes are made of: found in the cache, downloaded, or built with Go."""
