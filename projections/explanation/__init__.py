"""Why a limit or the available credit changed: exact where arithmetic decides, honest where it does not.

Source: domain.md section 7.
"""
