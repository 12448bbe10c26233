"""What Prometheus is told, a registry for each service: latency by route template, and what the log and the queues hold."""

from prometheus_client import CollectorRegistry, Gauge, GCCollector, Histogram, PlatformCollector, ProcessCollector

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LAGS = (*SECONDS, 30.0, 60.0, 300.0, 1_800.0)
"""A backlog is behind by minutes, where a bus was away."""
SIZES = (1, 2, 4, 8, 16, 32, 64)
BATCHES = (1, 5, 10, 50, 100, 250, 500)


class Metrics:
    """One service's figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._requests = Histogram(
            "rcm_http_request_seconds",
            "Time from the request's head to the answer's end",
            ("method", "route", "status"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.group_size = Histogram(
            "rcm_edge_group_requests", "Requests that shared a transaction", buckets=SIZES, registry=self.registry
        )
        self.relay_lag = Histogram(
            "rcm_relay_lag_seconds", "From an event's log entry to its publication", buckets=LAGS, registry=self.registry
        )
        self._batch_events = Histogram(
            "rcm_consumer_batch_events",
            "Events of others in a batch that the consumer took",
            buckets=BATCHES,
            registry=self.registry,
        )
        self._batch_seconds = Histogram(
            "rcm_consumer_batch_seconds",
            "From a batch's beginning until all of it was committed or put aside",
            buckets=SECONDS,
            registry=self.registry,
        )
        self.log = {
            name: Gauge(f"rcm_log_{name}", text, registry=self.registry)
            for name, text in (
                ("log_events", "Events in the log"),
                ("unpublished", "Events that the relay has not published yet"),
                ("unconsumed", "Events of others that the consumer has not taken yet"),
                ("waiting", "Events that wait for the fact they refer to"),
                ("retrying", "Events that failed and are tried again"),
                ("dead_letters", "Events that can't succeed, for a person to look at"),
            )
        }
        self._series: dict[tuple[str, str, int], Histogram] = {}

    def consumed(self, events: int, seconds: float) -> None:
        """One batch that the consumer took; `rcm_consumer_batch_events_sum` counts the events."""
        self._batch_events.observe(events)
        self._batch_seconds.observe(seconds)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answered request."""
        key = (method, route, status)
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = self._requests.labels(method, route, str(status))
        series.observe(seconds)
