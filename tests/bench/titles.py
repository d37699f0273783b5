"""The benchmarks, in the order of the document."""

TITLES = {
    "ledger": "Ledger: posting an entry of four lines",
    "events": "Events: from commit to commit",
    "story": "Story: over HTTP, with all processes",
    "scale": "Scale: millions of lines in the journal",
    "search": "Search: among 100 thousand jobs",
    "pages": "Pages: the sample market, one reader at a time",
    "memory": "Memory: at rest, after 100 thousand messages, with a backlog",
    "capacity": "Capacity: what a milestone takes of everything",
    "shards": "Shards: one queue in several, by contract",
    "partitions": "Partitions: the journal in parts of a month",
}
