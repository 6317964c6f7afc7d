"""The pictures of the pages, each drawn at any size from a view: the page shows it, the company
page too, and the meeting pack.
"""
