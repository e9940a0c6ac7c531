"""What a running service writes down about itself for those who operate it."""
