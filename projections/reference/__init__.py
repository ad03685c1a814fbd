"""Reference data: numbers that authorities published, each from the day on which it began to hold.

Source: domain.md section 8.
"""
