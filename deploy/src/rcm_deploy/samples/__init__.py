"""An invented practice and its encounters, for `make run`, `rcm demo`, the benchmarks and the tests. Nobody in it exists."""
