"""What payments does, one function per message. The edge commits.

Locks are taken in one order: a contract, its escrows, payees, payouts and refunds, calls.
"""
