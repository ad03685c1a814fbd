"""Sustainability indicators: what is measured about a household's credit, and on which facts each measure stands.

Source: domain.md section 6. Lights are turned in projections.judgement.
"""
