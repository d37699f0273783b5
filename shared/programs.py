"""Files that could run a program on the machine of whoever opens them: they aren't taken in.

What somebody is sent by the other party of a contract they open. So we refuse what Windows, macOS
or Linux run on a double click, by its name and by its first bytes. The names are those that mail
providers refuse (https://support.google.com/mail/answer/6590). Whoever has to hand over a program
puts it into an archive, which nobody runs by opening it.
"""

import re
from typing import Final

from shared.errors import Invalid

HEAD_BYTES: Final = 64
# Windows overlooks dots and spaces at the end of a name.
_NAMED_LIKE_ONE: Final = re.compile(
    r""".*\.(
        ade | adp | apk | appx(bundle)? | bat | cab | chm | cmd | com | cpl | dll | dmg | ex[e_]? |
        hta | ins | iso | isp | jar | jnlp | jse? | lib | lnk | mde | ms[cipt] | msix(bundle)? |
        nsh | pif | ps1 | reg | sc[rt] | shb | sys | vb[es]? | vhd | vxd | ws[cfh] | xll
    )[.\ ]*""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
# ELF (Linux), Mach-O in both orders and for several processors (macOS).
_BEGINNINGS: Final = (
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
)


def check_no_program(name: str, head: bytes) -> None:
    """Raise Invalid (`file_type_refused`) for a program, whatever its sender calls it.

    Args:
        name: the file's name, without folders.
        head: its first bytes, HEAD_BYTES of them if it has so many.
    """
    if _NAMED_LIKE_ONE.fullmatch(name) or head.startswith(_BEGINNINGS) or _is_for_windows(head):
        raise Invalid(
            "file_type_refused",
            "A program could harm whoever opens it. Put it into an archive (.zip) and send that.",
            name=name,
        )


def _is_for_windows(head: bytes) -> bool:
    # A text may begin with these letters, too, but has no NUL.
    return head.startswith(b"MZ") and b"\0" in head
