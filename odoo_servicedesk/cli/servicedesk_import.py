"""``odoo-bin servicedesk_import``: a table of another desk from the command line.

Odoo loads this file by itself, outside the addon: what it does is in the models.
"""

import argparse
import json
import sys
from pathlib import Path

import odoo.api
from odoo.cli import Command
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config


class ServicedeskImport(Command):
    """Bring the history of another desk into the service desk, from a CSV or Excel file"""

    name = "servicedesk_import"

    def run(self, args):
        """Parse the command line, bring the table in, exit with 1 when it cannot be."""
        given, odoo_args = self._options().parse_known_args(args)
        if given.config:
            odoo_args += ["-c", given.config]
        config.parse_config([*odoo_args, "-d", given.database], setup_logging=True)
        try:
            self._bring_in(given, self._read_mapping(Path(given.mapping)))
        except (OSError, UserError) as error:
            # one line, whatever it is
            print(f"servicedesk_import: {' '.join(str(error).split())}", file=sys.stderr)
            sys.exit(1)

    def _read_mapping(self, path):
        try:
            return json.loads(path.read_text(encoding="utf-8-sig"))
        except ValueError as error:
            raise UserError(f"{path} is no JSON: {error}") from error

    def _options(self):
        options = argparse.ArgumentParser(
            prog=self.prog,
            description=self.__doc__,
            epilog="All other options are Odoo's own, written as --name=value.",
        )
        options.add_argument("file", help="CSV or XLSX, with a header row")
        options.add_argument("--mapping", required=True, help="what it means, as JSON")
        options.add_argument("-d", "--database", required=True)
        options.add_argument("-c", "--config", help="Odoo's configuration file")
        options.add_argument("--login", default="admin", help="who brings it in (default: admin)")
        options.add_argument("--refused", metavar="FILE", help="where refused rows are written")
        return options

    def _bring_in(self, given, mapping):
        path = Path(given.file)
        with Registry(given.database).cursor() as cr:
            env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
            self._wait_for_others(env, path)
            user = env["res.users"].search([("login", "=", given.login)])
            if not user:
                raise UserError(f"there is no user {given.login}")
            job = env["servicedesk.import"].with_user(user)._start_from_file(path, mapping)
            # before anybody can see it: else the server's own scheduled action may be first
            job._take()
            cr.commit()
            self._run_job(job._as_owner(), cr)
            self._tell(job, given.refused)
            if job.state != "done":
                raise UserError(job.error or "not done: somebody has paused it")

    def _wait_for_others(self, env, path):
        """The same file twice at once would make everything it names twice."""
        jobs = env["servicedesk.import"]
        if not jobs._take_file(path):
            print(f"another command brings in {path}, waiting for it", file=sys.stderr, flush=True)
            jobs._take_file(path, wait=True)
        # what the other one has done is seen from a new transaction on
        env.cr.rollback()

    def _tell(self, job, refused):
        print(
            f"{job.created_count} new tickets, {job.updated_count} updated,"
            f" {job.same_count} unchanged, {job.kept_count} left alone,"
            f" {job.left_count} left out, {job.refused_case_count} refused"
            f" ({job.refused_row_count} of {job.row_count} rows)"
        )
        if refused and job.refused_row_count:
            with open(refused, "wb") as out:
                job._write_refused(out)
            print(f"refused rows, with reasons: {refused}")

    def _run_job(self, job, cr):
        def commit(__):
            cr.commit()
            # for hours this process asks nobody else: rights may have changed meanwhile
            job.env.registry.check_signaling()
            print(f"{job.progress:5.1f} %  {job.done_row_count} rows", flush=True)
            return True

        job._run(commit, wait=True)
