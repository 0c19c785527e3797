"""The pages in a real browser: both languages, both schemes, phone width; figures move as requests arrive."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support import Server, Workspace

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@unittest.skipUnless(CHROMIUM, "chromium is not installed")
class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.workspace = Workspace()
        cls.workspace.price()
        cls.key = cls.workspace.customer_with_key("青石科技 <b>& Co</b>", "5")
        cls.server = Server(cls.workspace).start()
        for i in range(3):
            assert cls.server.chat(cls.key, f"Say {i}.", max_tokens=6)[0] == 200
        link = re.search(r"(/signin\?token=\w+)", pathlib.Path(cls.server.log).read_text()).group(1)
        cls.profile = tempfile.mkdtemp(prefix="breakeven-browser-")
        cls.browse(link)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.workspace.close()
        shutil.rmtree(cls.profile, ignore_errors=True)

    @classmethod
    def browse(cls, path, *more):
        """The document as the browser has it after its scripts ran."""
        done = subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={cls.profile}",
             "--timeout=3000", "--enable-logging=stderr", *more, "--dump-dom", cls.server.base + path],
            capture_output=True, text=True, timeout=60)
        errors = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
        if errors:
            raise AssertionError(f"{path}: {errors}")
        return done.stdout

    def test_every_page_opens_in_both_languages_without_a_script_error(self):
        for language, word in [("en", "Break-even"), ("zh-Hans", "盈亏平衡")]:
            overview = self.browse(f"/?lang={language}")
            self.assertIn(f'lang="{language}"', overview[:400].replace("zh-CN", "zh-Hans"))
            self.assertIn(word.lower(), overview.lower())
            for path in ["/customers", "/models", "/requests", "/ledger", "/statements"]:
                page = self.browse(f"{path}?lang={language}")
                self.assertIn("</main>", page, path)
                self.assertNotIn("{{", page, path)

    def test_a_hostile_name_is_text(self):
        page = self.browse("/customers?lang=en")
        self.assertIn("&lt;b&gt;&amp; Co", page)
        self.assertNotIn("<b>& Co", page)

    def test_screenshots_are_left_to_look_at(self):
        folder = os.environ.get("BREAKEVEN_SCREENSHOTS")
        if not folder:
            self.skipTest("set BREAKEVEN_SCREENSHOTS to a folder")
        os.makedirs(folder, exist_ok=True)
        for name, path, size in [("overview-en", "/?lang=en", "1280,1500"),
                                 ("overview-zh", "/?lang=zh-Hans", "1280,1500"),
                                 ("phone-en", "/?lang=en", "500,1600")]:
            self.browse(path, f"--window-size={size}", "--hide-scrollbars",
                        f"--screenshot={os.path.join(folder, name)}.png")


if __name__ == "__main__":
    unittest.main()
