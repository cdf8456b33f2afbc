"""What ``bouncer check`` looks at, a module each; what judges is apart from what asks the disk, the network and the DNS."""
