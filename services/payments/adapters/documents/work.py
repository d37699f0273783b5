"""Brings the ports of documents and their PostgreSQL adapters together."""

from sqlalchemy import Connection

from services.payments.adapters.documents.issuers import SqlIssuers
from services.payments.adapters.documents.papers import SqlPapers
from services.payments.adapters.documents.taxes import SqlTaxFigures
from services.payments.adapters.ledger import SqlBooks
from services.payments.ports_documents import DocumentsWork
from shared.clock import Clock


def make_documents_work(connection: Connection, clock: Clock) -> DocumentsWork:
    """Return the work of one transaction."""
    issuers = SqlIssuers(connection)
    return DocumentsWork(
        issuers=issuers,
        papers=SqlPapers(connection, issuers),
        taxes=SqlTaxFigures(connection, issuers),
        journal=SqlBooks(connection),
        clock=clock,
    )
