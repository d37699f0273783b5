"""The main job of Tasuki, told and proved: from a posted job to money at the bank."""
