from . import mail_compose_message
from . import servicedesk_forget
from . import servicedesk_bulk
from . import servicedesk_link
from . import servicedesk_merge
from . import servicedesk_resolve
from . import servicedesk_split
from . import servicedesk_transfer
