"""What accounts does, one function per message. The edge commits."""
