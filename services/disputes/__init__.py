"""Disputes: charges that a cardholder holds to be wrong.

openings    a dispute comes to be: told by a gateway with a charge or later, or played in the sandbox
answering   evidence, and letting it be: commit, call the gateway, commit its verdict
verdicts    what the bank decides, and what time decides
books       the money that is taken and comes back
wholes      a dispute with what its events show
drafts      what callers hand in
"""

from services.disputes.answering import DISPUTE_RESOLVE_HANDLER, Disputes
from services.disputes.drafts import DisputeChange, DisputeSearch, SandboxDispute
from services.disputes.openings import DISPUTE_OPEN_HANDLER, Openings
from services.disputes.verdicts import DISPUTE_END_HANDLER, close_inquiries_of_refunded

__all__ = [
    "DISPUTE_END_HANDLER",
    "DISPUTE_OPEN_HANDLER",
    "DISPUTE_RESOLVE_HANDLER",
    "DisputeChange",
    "DisputeSearch",
    "Disputes",
    "Openings",
    "SandboxDispute",
    "close_inquiries_of_refunded",
]
