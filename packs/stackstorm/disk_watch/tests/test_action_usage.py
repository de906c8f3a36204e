from st2tests.base import BaseActionTestCase

from usage import UsageAction


class UsageActionTestCase(BaseActionTestCase):
    action_cls = UsageAction

    def test_root_has_a_usage(self):
        result = self.get_action_instance().run(path="/")
        self.assertTrue(0 <= result["percent"] <= 100)
