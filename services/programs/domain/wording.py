"""What the figures are called in Japanese, and what each means: for the report and open data."""

from collections.abc import Mapping
from typing import Final

from shared.messages.outcomes import Measure

LABELS: Final[Mapping[Measure, str]] = {
    Measure.APPLIED: "応募",
    Measure.JOINED: "参加",
    Measure.TRAINED: "研修修了",
    Measure.PRACTISED: "練習修了",
    Measure.FIRST_CONTRACT: "初契約",
    Measure.FREE_WORK: "自立して受注",
    Measure.WORKING_AFTER_3_MONTHS: "3か月後も就業",
    Measure.WORKING_AFTER_6_MONTHS: "6か月後も就業",
    Measure.WORKING_AFTER_12_MONTHS: "12か月後も就業",
    Measure.HOURS: "就業時間(推計)",
    Measure.INCOME: "月の収入",
    Measure.LOCAL_JOBS: "地元からの受注",
    Measure.SATISFACTION: "満足度",
}


def _working_after(months: int) -> str:
    return (
        f"初契約から{months}か月後の日に契約が続いていた人の数。"
        "「/」の後(people)は、その日がすでに来た人の数。"
    )


MEANINGS: Final[Mapping[Measure, str]] = {
    Measure.APPLIED: (
        "応募した人の数。一人は、最後に参加した期(参加していなければ最後に応募した期)に数えます。"
    ),
    Measure.JOINED: "応募した人のうち、参加した人の数。途中でやめた人も含みます。",
    Measure.TRAINED: "参加した人のうち、すべての単元を修了した人の数。",
    Measure.PRACTISED: "研修を修了した人のうち、練習の仕事が承認された人の数。",
    Measure.FIRST_CONTRACT: "練習を修了した人のうち、参加後に契約を結んだ人の数。",
    Measure.FREE_WORK: "初契約に至った人のうち、保護された仕事を終えて自由に受注できる人の数。",
    Measure.WORKING_AFTER_3_MONTHS: _working_after(3),
    Measure.WORKING_AFTER_6_MONTHS: _working_after(6),
    Measure.WORKING_AFTER_12_MONTHS: _working_after(12),
    Measure.HOURS: (
        "契約で合意した週の時間に契約の週数を掛けた合計(10時間単位)。「/」の後(people)は、時間のある人の数。"
    ),
    Measure.INCOME: "月末までの1か月に支払日が来た手取り額(円)による、初契約に至った人の数。",
    Measure.LOCAL_JOBS: "地元の発注者との契約の数。「/」の後(people)は、その契約のある人の数。",
    Measure.SATISFACTION: "事業への満足度(星1から5、最後の回答)による、参加した人の数。",
}
UNITS: Final[Mapping[Measure, str]] = {Measure.HOURS: "時間", Measure.LOCAL_JOBS: "件"}


def band_in_words(measure: Measure, band: str) -> str:
    """Return a band as people say it: `0-29999` of yen is 「0〜29,999円」; empty without one."""
    if not band:
        return ""
    low, dash, high = band.partition("-")
    unit = "円" if measure is Measure.INCOME else "つ星"
    if not dash:
        return f"{int(low):,}{unit}"
    return f"{int(low):,}〜{int(high):,}{unit}" if high else f"{int(low):,}{unit}以上"
