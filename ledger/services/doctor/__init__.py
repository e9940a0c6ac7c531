"""Tells what is wrong with a service's setup. It only looks, unless it is to retry what failed."""
