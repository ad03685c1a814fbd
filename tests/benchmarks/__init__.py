"""Tests of what the benchmarks read and compare."""
