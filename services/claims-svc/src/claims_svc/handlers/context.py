"""What main.py made for the use cases."""

from dataclasses import dataclass, field

from claims_svc.handlers.submissions import CutPolicy
from claims_svc.store.setup import Setups


@dataclass(frozen=True, slots=True)
class Context:
    """The set-ups that are kept in memory, and when files are cut."""

    setups: Setups = field(default_factory=Setups)
    policy: CutPolicy = field(default_factory=CutPolicy)
