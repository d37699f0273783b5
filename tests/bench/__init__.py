"""Benchmarks: ratios against peers on the same servers, measured side by side in one run.

make bench                              all but the long ones
python -m tests.bench ledger events     these only
"""
