def rank(orders):
    return sorted(orders)
