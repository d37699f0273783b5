"""What notify does, one function per message. The edge commits."""
