"""Panels of experts: the draw, the seats, the sheets of scores, what may be seen of them."""
