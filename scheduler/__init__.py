"""The clock: what runs when. (Its rooms open with the sustainability checks.)"""
