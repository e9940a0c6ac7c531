"""One module for each command of `sealbook`; each has it under the name `command`."""
