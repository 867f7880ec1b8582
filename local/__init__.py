"""The pack on one machine, and the tools that build it. Nothing here is deployed."""
