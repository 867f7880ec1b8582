"""What the owner of an organization sees and decides."""
