"""Every row of the failure table on real servers: programs are killed, servers go, input is bad."""
