"""The number of an issuer of qualified invoices (適格請求書発行事業者登録番号).

T and 13 digits, the first of which checks the twelve after it. Source: Consumption Tax Act,
article 57-2; National Tax Agency, "Corporate Number" (check digit). The agency has published the
check for corporate numbers, which companies' registration numbers are made of; for those of sole
proprietors, who have numbers of their own, it is taken to be the same (no published source).
"""

import re
import unicodedata

from stdnum.jp import cn

from shared.errors import Invalid

# Everything that is written between groups of digits and says nothing: spaces, hyphens, dashes,
# and the long vowel mark that a Japanese keyboard gives for a hyphen.
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212\u30fc]")
_SHAPE = re.compile(r"T[0-9]{13}")


def registration_number(text: str) -> str:
    """Return the number as it stands on an invoice: T and 13 digits, in ASCII.

    Full-width characters, spaces, hyphens and a small t are put right. That the tax office has
    registered the number can't be seen from it. Raises Invalid (`registration_number_invalid`).
    """
    number = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    if not _SHAPE.fullmatch(number):
        raise Invalid(
            "registration_number_invalid",
            "Give T and 13 digits, as in the tax office's notice of registration.",
        )
    if not cn.is_valid(number[1:]):
        raise Invalid(
            "registration_number_invalid",
            "A digit is wrong or two are swapped: compare it with the tax office's notice.",
        )
    return number
