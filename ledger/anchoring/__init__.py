"""The state machine that keeps promise 1: what was accepted is on the chain exactly once.

`batcher` closes batches, `submitter` moves transactions one step at a time; `signing` makes their
attempts and `settling` ends them. Every step is in the database before it is taken, so the machine
can be killed anywhere.
"""
