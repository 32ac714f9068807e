from . import servicedesk_resolve
from . import servicedesk_transfer
