"""The garbage collector and what a process imports: hundreds of thousands of objects that stay.

Looking through them again and again as they become more takes a sixth of a process's start, and
through all of them each time later on. So it rests while a process that stays starts, and then
works on what is new only. (Nearly nothing of a start is garbage: a thousand objects of 180,000.)
"""

import gc


def rest() -> None:
    """Collect nothing while the process starts."""
    gc.disable()


def collect_what_is_new() -> None:
    """Collect from now on, and leave alone what there is."""
    gc.freeze()
    gc.enable()
