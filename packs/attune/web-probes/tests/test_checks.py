"""Tests the judgement of probes without a network."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "actions"))

from http_check import is_expected  # noqa: E402


class Judgement(unittest.TestCase):
    def test_any_of_the_expected_statuses_is_healthy(self):
        self.assertTrue(is_expected(204, [200, 204]))
        self.assertFalse(is_expected(500, [200, 204]))
        self.assertFalse(is_expected(None, [200]))


if __name__ == "__main__":
    unittest.main()
