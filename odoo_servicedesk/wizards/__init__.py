from . import mail_compose_message
from . import servicedesk_forget
from . import servicedesk_help
from . import servicedesk_resolve
from . import servicedesk_transfer
