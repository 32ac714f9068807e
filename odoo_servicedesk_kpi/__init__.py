from . import controllers, demo, models


def _post_init(env):
    """What happened before the module came is counted as well, by the next run."""
    env["servicedesk.kpi.changed"]._add_all()
