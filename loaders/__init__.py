"""The write side: read what people and vendors give, refuse what is wrong, publish what is
right.
"""
