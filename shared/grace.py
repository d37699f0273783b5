"""How long a process may take to end, once it was told to: what is in hand is finished by then."""

from typing import Final

# Less than Kubernetes' terminationGracePeriodSeconds, which its pause before the signal is part of.
GRACE_SECONDS: Final = 20
