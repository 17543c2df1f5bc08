"""One file per outside world: sockets, disks, clocks. Thin: the core decides, the edge does."""
