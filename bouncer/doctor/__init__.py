"""The checks of ``bouncer check``, one module each; judging is separate from asking the disk, the network and the DNS."""
