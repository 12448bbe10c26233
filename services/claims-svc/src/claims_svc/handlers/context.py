"""What main.py made for the use cases."""

from dataclasses import dataclass, field

from claims_svc.handlers.submissions import CutPolicy
from claims_svc.store.contents import Contents
from claims_svc.store.setup import Setups


@dataclass(frozen=True, slots=True)
class Context:
    """What is kept in memory, and when files are cut."""

    setups: Setups = field(default_factory=Setups)
    contents: Contents = field(default_factory=Contents)
    policy: CutPolicy = field(default_factory=CutPolicy)
