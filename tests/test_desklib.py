"""The development command's own parts that need no Odoo."""

import os
import subprocess
import sys
from itertools import pairwise

import polib
import pytest

from desklib import logs, po_merge
from desklib.bench import table
from desklib.context import Context
from desklib.server import _birth
from desklib.steps import is_stamped, write_atomic

LOG = """\
2026-03-06 10:00:00,001 7 INFO db odoo.modules.loading: Modules loaded.
2026-03-06 10:00:00,002 7 WARNING db odoo.addons.odoo_servicedesk.models: odd
  more of it
2026-03-06 10:00:00,003 7 ERROR db odoo.sql_db: bad
"""


def test_log_entries_keep_their_continuation_lines():
    bad = logs.check_install_log(LOG)
    assert [entry.splitlines()[-1] for entry in bad] == ["  more of it", LOG.splitlines()[-1]]
    assert len(logs.ours(LOG)) == 1


def test_allowed_lines_need_a_reason(tmp_path):
    path = tmp_path / "allowed.txt"
    path.write_text("# comment\nodoo.sql_db: bad  # known\n", encoding="utf-8")
    assert len(logs.check_install_log(LOG, logs.read_allowed(path))) == 1
    path.write_text("odoo.sql_db\n", encoding="utf-8")
    with pytest.raises(ValueError, match="reason"):
        logs.read_allowed(path)


def test_stamp_holds_only_its_own_key(tmp_path):
    write_atomic(tmp_path / "stamp", "one")
    assert is_stamped(tmp_path / "stamp", "one")
    assert not is_stamped(tmp_path / "stamp", "two")
    assert not is_stamped(tmp_path / "none", "one")


def test_a_process_is_known_by_its_birth():
    assert _birth(os.getpid()) == _birth(os.getpid())
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        assert _birth(process.pid) is None


def test_sources_hash_tells_tests_and_assets_from_the_rest(tmp_path):
    addon = tmp_path / "odoo_servicedesk_x"
    for name in ("models", "tests", "static"):
        (addon / name).mkdir(parents=True)
    (addon / "__manifest__.py").write_text("{}", encoding="utf-8")
    ctx = Context(root=tmp_path, cache=tmp_path / "cache")
    seen = [(ctx.sources_hash(), ctx.sources_hash(assets=True))]
    for name in ("tests/test_a.py", "static/a.js", "models/a.py"):
        (addon / name).write_text("1", encoding="utf-8")
        seen.append((ctx.sources_hash(), ctx.sources_hash(assets=True)))
    changes = [
        tuple(new != old for new, old in zip(after, before, strict=True))
        for before, after in pairwise(seen)
    ]
    assert changes == [(False, False), (False, True), (True, True)]


def test_merge_keeps_translations_and_tells_what_is_missing(tmp_path):
    fresh = polib.POFile()
    fresh.extend([polib.POEntry(msgid="Ticket"), polib.POEntry(msgid="Zone")])
    path = tmp_path / "ru.po"
    known = polib.POFile()
    known.extend(
        [
            polib.POEntry(msgid="Ticket", msgstr="Заявка"),
            polib.POEntry(msgid="Old", msgstr="Старое"),
        ]
    )
    known.save(str(path))
    assert po_merge.update_language(fresh, path, "ru", check=True) == [
        f"{path}: not translated: 'Zone'"
    ]
    po_merge.update_language(fresh, path, "ru", check=False)
    merged = polib.pofile(str(path))
    assert merged.find("Ticket").msgstr == "Заявка"
    assert [entry.msgid for entry in merged.obsolete_entries()] == ["Old"]


def test_template_is_rewritten_only_when_texts_change(tmp_path):
    path = tmp_path / "x.pot"
    fresh = polib.POFile()
    fresh.append(polib.POEntry(msgid="Ticket"))
    assert po_merge.update_template(fresh, path, check=True)
    assert not po_merge.update_template(fresh, path, check=False)
    assert not po_merge.update_template(fresh, path, check=True)


def test_table_aligns_numbers_to_the_right():
    rows = [{"case": "a", "seconds": 1.5}, {"case": "bbb", "seconds": 10, "size": 2}]
    assert table(rows).splitlines() == [
        "case  seconds  size",
        "a       1.500",
        "bbb        10     2",
    ]


def test_help_of_every_command(run_desk):
    for command in ("", "up", "down", "test", "lint", "mail", "i18n", "bench", "shell"):
        done = run_desk(*([command] if command else []), "--help")
        assert done.returncode == 0, done.stderr
        assert "usage: desk" in done.stdout
