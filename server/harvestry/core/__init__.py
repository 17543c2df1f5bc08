"""The pure core: values in, values out. No sockets, disks, clocks or randomness; time and ids arrive as arguments."""
