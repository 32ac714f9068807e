from . import test_ticket
from . import test_lifecycle
from . import test_thanks
from . import test_cost
from . import test_journal
from . import test_forget
from . import test_business_time
from . import test_resource_calendar
