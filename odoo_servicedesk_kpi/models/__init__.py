from . import res_users
from . import servicedesk_kpi_dimensions
from . import servicedesk_kpi_fact
from . import servicedesk_kpi_result
from . import servicedesk_kpi_day
from . import servicedesk_kpi_changed
from . import servicedesk_kpi_build
from . import servicedesk_ticket_kpi
