"""`make drill`: backups under load, the loss of all servers, and the way back to one truth."""
