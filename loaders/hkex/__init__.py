"""Purchases of own shares from files: the exchange's daily report and the tables of data vendors,
into data/curated.
"""
