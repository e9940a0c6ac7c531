"""Tells what is wrong with a service's setup. It only looks: nothing is changed."""
