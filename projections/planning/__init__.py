"""Repayment plans: which debt gets how much in which month, so that a budget costs the least interest."""
