import threading
import unittest

from app.orders import MAX_ITEMS, InvalidOrder, OrderStore, total_cents, validate


def order(**changes):
    return {"customer": "Ada", "items": [{"sku": "tea", "quantity": 2, "price_cents": 350}], **changes}


def item(**changes):
    return {"sku": "tea", "quantity": 2, "price_cents": 350, **changes}


class ValidateTests(unittest.TestCase):
    def assert_problem(self, expected, value):
        with self.assertRaises(InvalidOrder) as caught:
            validate(value)
        self.assertEqual([expected], caught.exception.problems)

    def test_valid_order_keeps_known_fields_only(self):
        self.assertEqual(order(), validate(order(customer=" Ada ", discount=100, items=[item(note="hot")])))

    def test_no_object(self):
        for value in ([], "order", 1, None):
            with self.subTest(value=value):
                self.assert_problem("an order is a JSON object", value)

    def test_customer_is_required(self):
        for customer in (None, "", "  ", 7):
            with self.subTest(customer=customer):
                self.assert_problem("customer is required", order(customer=customer))

    def test_items_are_required(self):
        for items in (None, [], {}, "tea"):
            with self.subTest(items=items):
                self.assert_problem("items is a list with at least one item", order(items=items))

    def test_too_many_items(self):
        validate(order(items=[item()] * MAX_ITEMS))
        self.assert_problem("an order has at most 100 items", order(items=[item()] * (MAX_ITEMS + 1)))

    def test_quantity_is_a_whole_number_in_range(self):
        for quantity in (0, -1, 1001, 1.5, "2", True, None):
            with self.subTest(quantity=quantity):
                self.assert_problem(
                    "item 1: quantity is a whole number from 1 to 1000", order(items=[item(quantity=quantity)]))

    def test_price_is_whole_cents(self):
        validate(order(items=[item(price_cents=0)]))
        for price in (-1, 3.5, "350", False, None):
            with self.subTest(price=price):
                self.assert_problem(
                    "item 1: price_cents is a whole number, 0 or more", order(items=[item(price_cents=price)]))

    def test_all_problems_come_at_once(self):
        with self.assertRaises(InvalidOrder) as caught:
            validate({"items": [item(), item(sku=""), "tea"]})
        self.assertEqual(
            ["customer is required", "item 2: sku is required", "item 3: it is no JSON object"],
            caught.exception.problems)


class OrderStoreTests(unittest.TestCase):
    def test_total_is_quantity_times_price(self):
        self.assertEqual(1000, total_cents(order(items=[item(), item(quantity=3, price_cents=100)])))

    def test_add_gives_an_id_and_the_total(self):
        store = OrderStore(new_id=lambda: "42")
        stored = store.add(order())
        self.assertEqual({"id": "42", **order(), "total_cents": 700}, stored)
        self.assertEqual(stored, store.get("42"))
        self.assertIsNone(store.get("43"))

    def test_invalid_order_is_not_kept(self):
        store = OrderStore()
        with self.assertRaises(InvalidOrder):
            store.add({})
        self.assertEqual([], store.all())

    def test_orders_of_many_threads_are_all_kept(self):
        store = OrderStore()
        threads = [threading.Thread(target=lambda: [store.add(order()) for _ in range(50)]) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(400, len({stored["id"] for stored in store.all()}))


if __name__ == "__main__":
    unittest.main()
