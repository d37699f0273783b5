"""What ours is measured against: the same work by another library, or by hand."""
