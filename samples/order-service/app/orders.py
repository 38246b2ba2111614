"""Orders: what a valid one is, and the store that keeps them in memory."""

import threading
import uuid

MAX_ITEMS = 100
MAX_QUANTITY = 1000


class InvalidOrder(ValueError):
    """The order cannot be taken. `problems` says why, one sentence each."""

    def __init__(self, problems):
        super().__init__("; ".join(problems))
        self.problems = problems


def validate(order):
    """Gives back the order with nothing but known fields; raises InvalidOrder with all problems at once."""
    if not isinstance(order, dict):
        raise InvalidOrder(["an order is a JSON object"])
    problems = []
    customer = order.get("customer")
    if not isinstance(customer, str) or not customer.strip():
        problems.append("customer is required")
    items = order.get("items")
    if not isinstance(items, list) or not items:
        problems.append("items is a list with at least one item")
        items = []
    elif len(items) > MAX_ITEMS:
        problems.append(f"an order has at most {MAX_ITEMS} items")
        items = []
    for number, item in enumerate(items, start=1):
        problems.extend(f"item {number}: {problem}" for problem in _problems_of(item))
    if problems:
        raise InvalidOrder(problems)
    return {
        "customer": customer.strip(),
        "items": [{key: item[key] for key in ("sku", "quantity", "price_cents")} for item in items],
    }


def total_cents(order):
    """What an order costs. Whole cents: money is never a float."""
    return sum(item["quantity"] * item["price_cents"] for item in order["items"])


def _problems_of(item):
    if not isinstance(item, dict):
        yield "it is no JSON object"
        return
    sku = item.get("sku")
    if not isinstance(sku, str) or not sku.strip():
        yield "sku is required"
    if not _is_whole(item.get("quantity")) or not 1 <= item["quantity"] <= MAX_QUANTITY:
        yield f"quantity is a whole number from 1 to {MAX_QUANTITY}"
    if not _is_whole(item.get("price_cents")) or item["price_cents"] < 0:
        yield "price_cents is a whole number, 0 or more"


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)  # True is an int in Python


class OrderStore:
    """Keeps orders in memory. Safe to use from several threads."""

    def __init__(self, new_id=lambda: str(uuid.uuid4())):
        self._new_id = new_id
        self._orders = {}
        self._lock = threading.Lock()

    def add(self, order):
        """Takes a valid order and gives it back with its id and total."""
        valid = validate(order)
        stored = {"id": self._new_id(), **valid, "total_cents": total_cents(valid)}
        with self._lock:
            self._orders[stored["id"]] = stored
        return stored

    def get(self, order_id):
        """The order, or None."""
        with self._lock:
            return self._orders.get(order_id)

    def all(self):
        """Every order, oldest first."""
        with self._lock:
            return list(self._orders.values())
