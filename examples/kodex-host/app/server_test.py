"""What the pipeline's step `test` runs before anything is sent."""

import unittest

import server


class Answers(unittest.TestCase):
    def test_a_version_tells_its_name(self):
        self.assertEqual(server.answer_to("/", {"version": "v1", "model": "small"}, True),
                         (200, {"version": "v1", "model": "small"}))

    def test_without_its_key_it_is_not_healthy(self):
        self.assertEqual(server.answer_to("/healthz", {"version": "v1", "model": "small"}, False)[0], 500)


if __name__ == "__main__":
    unittest.main()
