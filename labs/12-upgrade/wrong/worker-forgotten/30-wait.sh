sleep 20  # until the new scheduler holds the lease
