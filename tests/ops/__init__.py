"""The roof and the floor: launcher, machine sizing, command line."""
