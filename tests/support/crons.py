"""Scheduled actions of a live desk, which runs them by itself too."""

from desklib.remote import RemoteError
from support.waiting import wait_for


def run_cron(client, name):
    """Run a scheduled action now; if the desk is at it already, then once more after it.

    :param client: of an administrator
    :param str name: external id of the action
    """
    cron = client.ref(name)

    def has_run():
        try:
            client.call("ir.cron", "method_direct_trigger", [cron])
        except RemoteError as error:
            if "already executing" not in str(error):
                raise
            return False
        return True

    wait_for(has_run, f"a turn for {name}", 60)
