"""What developers run: compile, demo, serve, regenerate."""
