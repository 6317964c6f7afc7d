"""Daily prices: ask a provider, keep what it gave, check it, land what is right.

Nothing outside this folder knows a vendor.
"""
