"""coding-svc listens to nobody yet: its encounters come by HTTP alone."""

from collections.abc import Sequence

from rcm.messaging.subscription import AnySubscription

SUBSCRIPTIONS: Sequence[AnySubscription] = ()
