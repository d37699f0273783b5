from tools.metrics_doc import PLACE, render


def test_the_document_of_the_metrics_is_what_the_catalogue_says() -> None:
    assert PLACE.read_text(encoding="utf-8") == render(), "run: make metrics-doc"
